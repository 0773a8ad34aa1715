-- What the kernel keeps for each service, in the service's own schema.

CREATE TABLE consumer_offset (
    topic text NOT NULL,
    partition int NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);
COMMENT ON TABLE consumer_offset IS 'The fence: the first record that has had no effect yet.';

CREATE TABLE inbox (
    identity bytea PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_insert_scale_factor = 0.5);
CREATE INDEX inbox_seen_at ON inbox USING brin (seen_at);
COMMENT ON TABLE inbox IS 'What has had its effect, of sources that do not count their messages.';

CREATE TABLE subject (
    id text PRIMARY KEY,
    state json,
    seen json NOT NULL DEFAULT '{}',
    sequence int NOT NULL DEFAULT 0,
    parked int NOT NULL DEFAULT 0,
    express boolean NOT NULL DEFAULT false
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
COMMENT ON COLUMN subject.seen IS 'By source: the sequence that had its effect last.';
COMMENT ON COLUMN subject.sequence IS 'The sequence of the last event that this service gave out.';
COMMENT ON COLUMN subject.parked IS 'How many messages wait for a predecessor.';

CREATE TABLE parked (
    subject text NOT NULL,
    source text NOT NULL,
    sequence int,
    topic text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    record_timestamp bigint NOT NULL,
    key bytea,
    value bytea NOT NULL,
    headers json NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition, record_offset)
);
CREATE INDEX parked_subject ON parked (subject);

CREATE TABLE timer (
    subject text NOT NULL,
    name text NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (subject, name)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX timer_due_at ON timer (due_at);

CREATE TABLE outbox (
    seq bigserial PRIMARY KEY,
    id text NOT NULL,
    shard int NOT NULL,
    aggregatetype text NOT NULL,
    aggregateid text NOT NULL,
    type text NOT NULL,
    headers json NOT NULL,
    payload bytea NOT NULL CHECK (length(payload) <= 900000),
    posted_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
COMMENT ON COLUMN outbox.aggregatetype IS 'The topic. Columns follow Debezium''s outbox event router.';

CREATE TABLE dead_letter (
    id bigserial PRIMARY KEY,
    topic text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    record_timestamp timestamptz,
    key text,
    event_id text NOT NULL DEFAULT '',
    subject text,
    error text NOT NULL,
    reason text NOT NULL,
    attempts int NOT NULL DEFAULT 1,
    trace_id text,
    code_version text NOT NULL,
    died_at timestamptz NOT NULL DEFAULT now(),
    redriven_at timestamptz,
    UNIQUE (topic, partition, record_offset, event_id)
);
COMMENT ON TABLE dead_letter IS 'Where the record lies and why it could not be processed; its content stays in Kafka.';
