-- name: case
-- One case as the ledger has it, and its state as the rules have it.
SELECT c.*, s.state::text AS case_state FROM v_cases c JOIN subject s ON s.id = c.incident_id
WHERE c.incident_id = $1 AND s.state IS NOT NULL;

-- name: opening
-- What it began with: masked when it was classified.
SELECT payload::text FROM archive WHERE incident_id = $1 AND ce_type = 'hub.incident.classified.v1' ORDER BY id LIMIT 1;

-- name: outcome
-- What was recorded of a case under one command.
SELECT ce_type, payload::text AS payload FROM archive
WHERE incident_id = $1 AND correlation = $2 AND subject = $1 ORDER BY id;

-- name: voices_of
-- The voices of an incident; of a confidential one only that it is there.
SELECT recorded_at, opened_it, source, reported_at, confidential, left_at, solved, satisfied, rated_at,
       CASE WHEN NOT confidential THEN thread END AS thread, CASE WHEN NOT confidential THEN ticket_number END AS ticket_number
FROM v_voices WHERE incident_id = $1 ORDER BY recorded_at;

-- name: dispatches_of
-- Who was sent, how and why.
SELECT * FROM v_dispatches WHERE incident_id = $1 ORDER BY recorded_at;

-- name: steps_of
-- What was done, refused and overdue.
SELECT * FROM v_steps WHERE incident_id = $1 ORDER BY recorded_at;

-- name: tasks_of
-- The tasks of its coordination.
SELECT * FROM v_tasks WHERE incident_id = $1 ORDER BY recorded_at, task_id;

-- name: evidence_of
-- Its pictures, by what they are kept under.
SELECT * FROM v_evidence WHERE incident_id = $1 ORDER BY recorded_at;
