-- What a service knows of its own words after its tables came back from a backup.

CREATE TABLE published (
    id text PRIMARY KEY,
    subject text NOT NULL,
    sequence int NOT NULL,
    cause text NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL
);
CREATE INDEX published_subject ON published (subject);
CREATE INDEX published_cause ON published (cause);
COMMENT ON COLUMN published.cause IS 'The id of the message that led to it.';
COMMENT ON TABLE published IS 'Events that went out after the backup; each leaves when it is decided anew.';

CREATE TABLE catch_up (
    topic text NOT NULL,
    partition int NOT NULL,
    until bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);
COMMENT ON TABLE catch_up IS 'Where the topics ended at the restore: no timer fires before they are read so far.';
