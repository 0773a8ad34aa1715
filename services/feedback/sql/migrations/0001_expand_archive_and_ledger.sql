-- The memory of the hub: every event, as it was recorded, and one row an incident beside it.

CREATE TABLE archive (
    id bigserial,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    producer text NOT NULL,
    topic text NOT NULL,
    ce_id text NOT NULL,
    ce_type text NOT NULL,
    subject text NOT NULL,
    incident_id text,
    correlation text NOT NULL,
    sequence int,
    payload json NOT NULL,
    PRIMARY KEY (id, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX archive_incident ON archive (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX archive_subject ON archive (subject);
COMMENT ON TABLE archive IS 'Append-only: every event that feedback consumed or gave out, in the transaction of its effect. A partition a month, in Beijing time.';

CREATE TABLE archive_rest PARTITION OF archive DEFAULT;

CREATE FUNCTION make_archive_months(first date, months int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = feedback, pg_temp AS $$
DECLARE
    month date := date_trunc('month', first);
    name text;
    made int := 0;
BEGIN
    FOR i IN 1 .. least(months, 24) LOOP
        name := 'archive_' || to_char(month, 'YYYY_MM');
        IF to_regclass(name) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF archive FOR VALUES FROM (%L) TO (%L) WITH (autovacuum_vacuum_insert_scale_factor = 0.5)',
                name, month::timestamp AT TIME ZONE 'Asia/Shanghai',
                (month + interval '1 month')::timestamp AT TIME ZONE 'Asia/Shanghai'
            );
            made := made + 1;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION make_archive_months IS 'The months that will be written, before they begin. The one piece of DDL that the service may call.';
REVOKE ALL ON FUNCTION make_archive_months FROM PUBLIC;

CREATE FUNCTION drop_archive_months(before date) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'archive'::regclass AND c.relname ~ '^archive_\d{4}_\d{2}$'
            AND to_date(substr(c.relname, 9), 'YYYY_MM') + interval '1 month' <= date_trunc('month', before)
        ORDER BY 1
    LOOP
        EXECUTE format('DROP TABLE %I', name);
        RETURN NEXT name;
    END LOOP;
END $$;
COMMENT ON FUNCTION drop_archive_months IS 'Retention: whole months before a date go at once. For the owner alone.';
REVOKE ALL ON FUNCTION drop_archive_months FROM PUBLIC;

CREATE TABLE ledger (
    incident_id text PRIMARY KEY,
    opened_at timestamptz NOT NULL,
    community text,
    grid text,
    micro_grid text,
    source text NOT NULL,
    camera text,
    suspicion boolean NOT NULL DEFAULT false,
    category_code text NOT NULL,
    category_name text NOT NULL,
    scene text NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL,
    state text NOT NULL,
    worker_id text,
    disposer text,
    checker text,
    mode text,
    level text,
    unit text,
    rule text,
    rules_version text,
    ground_version text,
    accepted_level text,
    dispatched_at timestamptz,
    accepted_at timestamptz,
    arrived_at timestamptz,
    disposed_at timestamptz,
    checked_at timestamptz,
    closed_at timestamptz,
    accept_by timestamptz,
    due_at timestamptz,
    check_by timestamptz,
    recurred_at timestamptz,
    suspended_until timestamptz,
    paused_by text,
    supervised_at timestamptz,
    rounds int NOT NULL,
    voices int NOT NULL,
    rework int NOT NULL,
    declines int NOT NULL DEFAULT 0,
    reopened int NOT NULL DEFAULT 0,
    extensions int NOT NULL DEFAULT 0,
    on_time boolean,
    excused boolean NOT NULL DEFAULT false,
    outcome text,
    overdue boolean NOT NULL,
    solved boolean,
    satisfied text
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

CREATE TABLE word (
    sort text NOT NULL,
    value text NOT NULL,
    position int NOT NULL,
    chinese text NOT NULL,
    PRIMARY KEY (sort, value)
);
COMMENT ON TABLE word IS 'What the values of the ledger are called, in the order in which they are shown.';
INSERT INTO word VALUES
    ('state', 'pending_registration', 1, '待立案'), ('state', 'pending_dispatch', 2, '待派遣'),
    ('state', 'pending_verification', 3, '待核实'), ('state', 'pending_acceptance', 4, '待接单'),
    ('state', 'handling', 5, '处置中'), ('state', 'en_route', 6, '赶赴现场'), ('state', 'on_site', 7, '已到场'),
    ('state', 'suspended', 8, '已挂账'), ('state', 'pending_check', 9, '待核查'), ('state', 'closed', 10, '已结案'),
    ('severity', 'danger', 1, '危及生命'), ('severity', 'high', 2, '高'), ('severity', 'medium', 3, '中'),
    ('severity', 'low', 4, '低');

CREATE VIEW v_ledger AS
SELECT
    left(coalesce(community, ''), 9) AS street_code,
    (SELECT w.chinese FROM word w WHERE w.sort = 'state' AND w.value = ledger.state) AS state_name,
    (SELECT w.chinese FROM word w WHERE w.sort = 'severity' AND w.value = ledger.severity) AS severity_name,
    (SELECT w.position FROM word w WHERE w.sort = 'state' AND w.value = ledger.state) AS state_order,
    incident_id, opened_at, community, grid, micro_grid, source, camera, suspicion, category_code, category_name,
    scene, kind, severity, state, mode, level, unit, rule, rules_version, ground_version, accepted_level,
    dispatched_at, accepted_at, arrived_at, disposed_at, checked_at, closed_at, accept_by, due_at, check_by,
    recurred_at, suspended_until, paused_by, supervised_at, rounds, voices, rework, declines, reopened, extensions, on_time, excused, outcome,
    overdue, solved, satisfied
FROM ledger;
COMMENT ON VIEW v_ledger IS 'The ledger for dashboards: no text, no persons.';

DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'hub_dashboard') THEN
        CREATE ROLE hub_dashboard NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA feedback TO hub_dashboard;
GRANT SELECT ON v_ledger TO hub_dashboard;
GRANT EXECUTE ON FUNCTION make_archive_months TO hub_feedback;
SELECT make_archive_months(current_date, 3);
