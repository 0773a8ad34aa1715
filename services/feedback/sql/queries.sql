-- name: count
-- Add to the tallies.
INSERT INTO tally (shard, what, number) SELECT $1, what, number FROM unnest($2::text[], $3::bigint[]) AS t (what, number)
ON CONFLICT (what, shard) DO UPDATE SET number = tally.number + EXCLUDED.number;

-- name: move_ledger
-- What may change in the row of an incident, as the case is now.
UPDATE ledger l SET severity = b.severity, state = b.state, worker_id = b.worker_id,
    dispatched_at = b.dispatched_at, accepted_at = b.accepted_at, arrived_at = b.arrived_at,
    disposed_at = b.disposed_at, checked_at = b.checked_at, closed_at = b.closed_at, due_at = b.due_at,
    rounds = b.rounds, voices = b.voices, rework = b.rework, on_time = b.on_time, outcome = b.outcome,
    overdue = b.overdue
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
    $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[],
    $12::int[], $13::int[], $14::int[], $15::bool[], $16::text[], $17::bool[])
    AS b (incident_id, severity, state, worker_id, dispatched_at, accepted_at, arrived_at, disposed_at,
          checked_at, closed_at, due_at, rounds, voices, rework, on_time, outcome, overdue)
WHERE l.incident_id = b.incident_id;

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
                        AND coalesce(outcome, '') NOT IN ('withdrawn', 'false_alarm', 'absorbed')) AS due,
       count(*) FILTER (WHERE kind <> 'request' AND outcome = 'rectified') AS rectified,
       count(*) FILTER (WHERE on_time AND outcome <> 'absorbed') AS on_time
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
