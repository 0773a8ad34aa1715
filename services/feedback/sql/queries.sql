-- name: record
-- Append to the archive.
INSERT INTO archive (producer, topic, ce_id, ce_type, subject, incident_id, correlation, sequence, payload)
SELECT a, b, c, d, e, f, g, h, convert_from(i, 'UTF8')::json
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::bytea[])
    AS r (a, b, c, d, e, f, g, h, i);

-- name: count
-- Add to the tallies.
INSERT INTO tally (shard, what, number) SELECT $1, what, number FROM unnest($2::text[], $3::bigint[]) AS t (what, number)
ON CONFLICT (what, shard) DO UPDATE SET number = tally.number + EXCLUDED.number;

-- name: write_ledger
-- One row an incident, as the case is now.
INSERT INTO ledger (incident_id, community, grid, micro_grid, category_code, category_name, scene, severity, kind,
    source, state, worker_id, opened_at, dispatched_at, accepted_at, arrived_at, disposed_at, checked_at, closed_at,
    due_at, rounds, voices, rework, on_time, outcome, overdue)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[],
    $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::timestamptz[], $20::timestamptz[], $21::int[],
    $22::int[], $23::int[], $24::bool[], $25::text[], $26::bool[])
ON CONFLICT (incident_id) DO UPDATE SET
    severity = EXCLUDED.severity, state = EXCLUDED.state, worker_id = EXCLUDED.worker_id,
    dispatched_at = EXCLUDED.dispatched_at, accepted_at = EXCLUDED.accepted_at, arrived_at = EXCLUDED.arrived_at,
    disposed_at = EXCLUDED.disposed_at, checked_at = EXCLUDED.checked_at, closed_at = EXCLUDED.closed_at,
    due_at = EXCLUDED.due_at, rounds = EXCLUDED.rounds, voices = EXCLUDED.voices, rework = EXCLUDED.rework,
    on_time = EXCLUDED.on_time, outcome = EXCLUDED.outcome, overdue = EXCLUDED.overdue;

-- name: hear
-- Remember which incident a report belongs to.
INSERT INTO voice (thread, incident_id) SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT (thread) DO UPDATE SET incident_id = EXCLUDED.incident_id;

-- name: incidents_of
-- Which incidents these reports belong to.
SELECT thread, incident_id FROM voice WHERE thread = ANY($1::text[]);

-- name: tallies
-- How many events of each type were recorded.
SELECT what, sum(number)::bigint AS number FROM tally GROUP BY what;

-- name: rates
-- The rectification rate and what it is made of: checked and passed, of the hazards that were due.
SELECT count(*) AS incidents,
       count(*) FILTER (WHERE state <> 'closed') AS open,
       count(*) FILTER (WHERE dispatched_at IS NOT NULL) AS dispatched,
       count(*) FILTER (WHERE state = 'closed') AS closed,
       count(*) FILTER (WHERE kind <> 'request' AND (due_at <= now() OR outcome = 'rectified')
                        AND outcome IS DISTINCT FROM 'withdrawn' AND outcome IS DISTINCT FROM 'false_alarm') AS due,
       count(*) FILTER (WHERE kind <> 'request' AND outcome = 'rectified') AS rectified,
       count(*) FILTER (WHERE on_time) AS on_time
FROM ledger;

-- name: latest
-- The incidents that came last.
SELECT incident_id, category_name, severity, state, community, opened_at, dispatched_at, closed_at
FROM ledger ORDER BY opened_at DESC LIMIT $1;

-- name: road
-- All that is recorded of one incident and of the reports behind it, in the order of recording.
SELECT recorded_at, producer, topic, ce_id, ce_type, subject, sequence, payload::text AS payload
FROM archive
WHERE incident_id = $1 OR subject IN (SELECT thread FROM voice WHERE incident_id = $1)
ORDER BY id;
