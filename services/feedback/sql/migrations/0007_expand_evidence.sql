-- Evidence (证据): who added, refused, held, released or deleted what and when; each row is bound to the one before.

CREATE TABLE evidence_chain (
    number bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    what text NOT NULL CHECK (what IN ('added', 'refused', 'held', 'released', 'deleted')),
    incident_id text NOT NULL,
    digest text NOT NULL,
    who text NOT NULL,
    reason text NOT NULL,
    about text NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL
);
CREATE INDEX evidence_of ON evidence_chain (incident_id, number);
CREATE INDEX evidence_content ON evidence_chain (digest) WHERE what IN ('added', 'deleted');
COMMENT ON TABLE evidence_chain IS 'Append-only: hash is the SHA-256 of the row and of the hash before it, so that a changed or missing row is found.';

CREATE FUNCTION keep_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence_chain is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_chain EXECUTE FUNCTION keep_evidence();

CREATE VIEW v_kept AS
SELECT a.number, a.at, a.incident_id, a.digest, a.who, a.about::json AS about
FROM evidence_chain a
WHERE a.what = 'added' AND NOT EXISTS (
    SELECT FROM evidence_chain d
    WHERE d.what = 'deleted' AND d.digest = a.digest AND d.incident_id = a.incident_id AND d.number > a.number
);
COMMENT ON VIEW v_kept IS 'The pictures and clips that are kept now.';

CREATE VIEW v_hold AS
SELECT incident_id, at, who, reason
FROM (
    SELECT DISTINCT ON (incident_id) * FROM evidence_chain
    WHERE what IN ('held', 'released') ORDER BY incident_id, number DESC
) AS latest
WHERE what = 'held';
COMMENT ON VIEW v_hold IS 'The incidents whose evidence must not be deleted (证据保全), since when, by whom and why.';
