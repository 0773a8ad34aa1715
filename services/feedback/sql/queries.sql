-- name: count
-- Add to the tallies.
INSERT INTO tally (shard, what, number) SELECT $1, what, number FROM unnest($2::text[], $3::bigint[]) AS t (what, number)
ON CONFLICT (what, shard) DO UPDATE SET number = tally.number + EXCLUDED.number;

-- name: move_ledger
-- What may change in the row of an incident, as the case is now.
UPDATE ledger l SET
    category_code = b.category_code, category_name = b.category_name, scene = b.scene, kind = b.kind,
    severity = b.severity, state = b.state, worker_id = b.worker_id, disposer = b.disposer, checker = b.checker,
    mode = b.mode, level = b.level, unit = b.unit, rule = b.rule, rules_version = b.rules_version,
    ground_version = b.ground_version, accepted_level = b.accepted_level, dispatched_at = b.dispatched_at,
    accepted_at = b.accepted_at, arrived_at = b.arrived_at, disposed_at = b.disposed_at, checked_at = b.checked_at,
    closed_at = b.closed_at, accept_by = b.accept_by, due_at = b.due_at, check_by = b.check_by,
    recurred_at = b.recurred_at, suspended_until = b.suspended_until, paused_by = b.paused_by,
    supervised_at = b.supervised_at, rounds = b.rounds, voices = b.voices,
    rework = b.rework, declines = b.declines, reopened = b.reopened, extensions = b.extensions, on_time = b.on_time,
    excused = b.excused, outcome = b.outcome, overdue = b.overdue, solved = b.solved, satisfied = b.satisfied
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
    $18::timestamptz[], $19::timestamptz[], $20::timestamptz[], $21::timestamptz[], $22::timestamptz[],
    $23::timestamptz[], $24::timestamptz[], $25::timestamptz[], $26::timestamptz[], $27::timestamptz[],
    $28::timestamptz[], $29::text[], $30::timestamptz[], $31::int[], $32::int[], $33::int[], $34::int[], $35::int[],
    $36::int[], $37::bool[], $38::bool[], $39::text[], $40::bool[], $41::bool[], $42::text[]
) AS b (
    incident_id, category_code, category_name, scene, kind, severity, state, worker_id, disposer, checker, mode,
    level, unit, rule, rules_version, ground_version, accepted_level, dispatched_at, accepted_at, arrived_at,
    disposed_at, checked_at, closed_at, accept_by, due_at, check_by, recurred_at, suspended_until, paused_by,
    supervised_at, rounds, voices, rework, declines, reopened, extensions, on_time, excused, outcome, overdue, solved, satisfied
)
WHERE l.incident_id = b.incident_id;

-- name: hear
-- Remember which incident a report belongs to.
INSERT INTO voice (thread, incident_id) SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT (thread) DO UPDATE SET incident_id = EXCLUDED.incident_id;

-- name: incidents_of
-- Which incidents these reports belong to.
SELECT thread, incident_id FROM voice WHERE thread = ANY($1::text[]);

-- name: reported
-- Which of these threads were ever heard of.
SELECT DISTINCT subject FROM archive WHERE subject = ANY($1::text[]) AND ce_type = 'hub.report.received.v1';

-- name: tallies
-- How many events of each type were recorded.
SELECT what, sum(number)::bigint AS number FROM tally GROUP BY what;

-- name: rates
-- The counts of the overview; the rates themselves are those of v_measures.
SELECT count(*) AS incidents,
       count(*) FILTER (WHERE l.state <> 'closed') AS open,
       count(*) FILTER (WHERE l.dispatched_at IS NOT NULL) AS dispatched,
       count(*) FILTER (WHERE l.state = 'closed') AS closed,
       count(*) FILTER (WHERE m.rectification_of) AS due,
       count(*) FILTER (WHERE m.rectification_is) AS rectified,
       count(*) FILTER (WHERE l.on_time) AS on_time
FROM ledger l JOIN v_measures m USING (incident_id);

-- name: latest
-- The incidents that came last within a part of the grid tree.
SELECT incident_id, category_name, severity, said('severity', severity) AS severity_name, state,
       said('state', state) AS state_name, community, opened_at, dispatched_at, closed_at
FROM ledger WHERE $2 = '' OR starts_with(coalesce(micro_grid, grid, community), $2)
ORDER BY opened_at DESC LIMIT $1;

-- name: road
-- All that is recorded of one incident and of the reports behind it, in the order of recording.
SELECT recorded_at, producer, topic, ce_id, ce_type, said('event', ce_type) AS what, subject, sequence, payload::text AS payload
FROM archive
WHERE incident_id = $1 OR subject IN (SELECT thread FROM voice WHERE incident_id = $1)
ORDER BY id;

-- name: archived
-- What was recorded of incidents, in the order of recording, as far as $2 (null: all of it).
SELECT incident_id, ce_type, payload::text AS payload FROM archive
WHERE incident_id IS NOT NULL AND ce_type = ANY($1::text[]) AND ($2::timestamptz IS NULL OR recorded_at <= $2)
ORDER BY id;

-- name: archived_count
-- How many that are.
SELECT count(*) FROM archive
WHERE incident_id IS NOT NULL AND ce_type = ANY($1::text[]) AND ($2::timestamptz IS NULL OR recorded_at <= $2);

-- name: make_rebuilt
-- A place for the rebuilt ledger, gone with the transaction.
CREATE TEMPORARY TABLE rebuilt (LIKE ledger) ON COMMIT DROP;

-- name: different
-- The incidents whose row is not the rebuilt one, or is missing on one side, as far as the archive reaches back.
SELECT coalesce(l.incident_id, r.incident_id) AS incident_id
FROM ledger l FULL JOIN rebuilt r USING (incident_id)
WHERE l IS DISTINCT FROM r AND (r.incident_id IS NOT NULL OR l.opened_at >= (SELECT min(recorded_at) FROM archive)) ORDER BY 1;

-- name: still_ledger
-- Nobody writes the ledger until the transaction ends.
LOCK TABLE ledger IN EXCLUSIVE MODE;

-- name: empty_ledger
-- Before the rebuilt rows are put in; what is older than the archive stays.
DELETE FROM ledger l
WHERE l.opened_at >= (SELECT min(recorded_at) FROM archive) OR l.incident_id IN (SELECT incident_id FROM rebuilt);

-- name: fill_ledger
-- The rebuilt rows are the ledger now.
INSERT INTO ledger SELECT * FROM rebuilt;

-- name: make_months
-- The months of the archive from this one on; returns how many were missing.
SELECT make_archive_months(current_date, $1);

-- name: old_months
-- The months of the archive before a date.
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'archive'::regclass AND c.relname ~ '^archive_\d{4}_\d{2}$'
    AND to_date(substr(c.relname, 9), 'YYYY_MM') + interval '1 month' <= date_trunc('month', $1::date)
ORDER BY 1;

-- name: drop_months
-- They go at once; for the owner alone.
SELECT drop_archive_months($1::date);
