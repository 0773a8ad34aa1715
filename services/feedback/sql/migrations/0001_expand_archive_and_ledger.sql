-- The memory of the hub: every event, as it was recorded, and one row an incident beside it.

CREATE TABLE archive (
    id bigserial PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    producer text NOT NULL,
    topic text NOT NULL,
    ce_id text NOT NULL,
    ce_type text NOT NULL,
    subject text NOT NULL,
    incident_id text,
    correlation text NOT NULL,
    sequence int,
    payload json NOT NULL
) WITH (autovacuum_vacuum_insert_scale_factor = 0.5);
CREATE INDEX archive_incident ON archive (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX archive_subject ON archive (subject);
COMMENT ON TABLE archive IS 'Append-only: every event that feedback consumed or gave out, in the transaction of its effect.';

CREATE TABLE ledger (
    incident_id text PRIMARY KEY,
    community text,
    grid text,
    micro_grid text,
    category_code text NOT NULL,
    category_name text NOT NULL,
    scene text NOT NULL,
    severity text NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    state text NOT NULL,
    worker_id text,
    opened_at timestamptz NOT NULL,
    dispatched_at timestamptz,
    accepted_at timestamptz,
    arrived_at timestamptz,
    disposed_at timestamptz,
    checked_at timestamptz,
    closed_at timestamptz,
    due_at timestamptz,
    rounds int NOT NULL,
    voices int NOT NULL,
    rework int NOT NULL,
    on_time boolean,
    outcome text,
    overdue boolean NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX ledger_opened ON ledger (opened_at);
COMMENT ON TABLE ledger IS 'One row an incident: a projection of the case. Times as the hub recorded them.';

CREATE TABLE voice (
    thread text PRIMARY KEY,
    incident_id text NOT NULL
);
COMMENT ON TABLE voice IS 'Which incident a report belongs to.';

CREATE TABLE tally (
    shard int NOT NULL,
    what text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (what, shard)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 100, autovacuum_vacuum_scale_factor = 0);
COMMENT ON TABLE tally IS 'How many events of each type were recorded, for views that must not count the archive.';

CREATE VIEW v_ledger AS
SELECT incident_id, left(coalesce(community, ''), 9) AS street_code, community, grid, micro_grid,
       category_code, category_name, scene, severity, kind, source, state,
       opened_at, dispatched_at, accepted_at, arrived_at, disposed_at, checked_at, closed_at, due_at,
       rounds, voices, rework, on_time, outcome, overdue
FROM ledger;
COMMENT ON VIEW v_ledger IS 'The ledger for dashboards: no text, no persons.';

DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'hub_dashboard') THEN
        CREATE ROLE hub_dashboard NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA feedback TO hub_dashboard;
GRANT SELECT ON v_ledger TO hub_dashboard;
