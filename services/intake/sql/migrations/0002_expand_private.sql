-- What intake keeps of persons, sealed, and who has seen it.

CREATE TABLE vault (
    thread text NOT NULL,
    event_id text NOT NULL,
    pseudonym text NOT NULL,
    sealed bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX vault_thread ON vault (thread);
CREATE INDEX vault_pseudonym ON vault (pseudonym) WHERE pseudonym <> '';
COMMENT ON TABLE vault IS 'The clear text of each report and amendment, sealed with AES-256-GCM.';

CREATE TABLE unmasking (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    thread text NOT NULL,
    role text NOT NULL,
    who text NOT NULL,
    reason text NOT NULL,
    what text NOT NULL,
    granted boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX unmasking_thread ON unmasking (thread);
COMMENT ON TABLE unmasking IS 'Who opened which clear text, or was refused, and why. It only grows.';

CREATE FUNCTION unmasking_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of openings only grows';
END $$;
CREATE TRIGGER unmasking_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON unmasking
    FOR EACH STATEMENT EXECUTE FUNCTION unmasking_only_grows();

CREATE TABLE picture (
    thread text NOT NULL,
    mark text NOT NULL,
    embedded boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'kept', 'refused')),
    sealed bytea,
    reason text NOT NULL DEFAULT '',
    attempts int NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    asked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (thread, mark)
);
CREATE INDEX picture_due_at ON picture (due_at) WHERE state = 'waiting';
COMMENT ON COLUMN picture.sealed IS 'Its address or content as it came, until it is kept or refused.';

CREATE TABLE incident_thread (
    thread text PRIMARY KEY,
    incident_id text NOT NULL,
    since timestamptz NOT NULL
);
CREATE INDEX incident_thread_incident ON incident_thread (incident_id);

CREATE TABLE assignment (
    incident_id text PRIMARY KEY,
    round int NOT NULL DEFAULT 0,
    worker_id text NOT NULL DEFAULT '',
    over_round int NOT NULL DEFAULT -1
) WITH (fillfactor = 80);
COMMENT ON COLUMN assignment.over_round IS 'The last round that is closed, withdrawn or declined.';

CREATE TABLE relay_number (
    number text PRIMARY KEY,
    thread text NOT NULL,
    worker_id text NOT NULL,
    until timestamptz NOT NULL
);
COMMENT ON TABLE relay_number IS 'Numbers lent for a relayed call, and until when.';
