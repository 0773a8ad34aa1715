-- name: load_of
-- How many open incidents each of these workers has.
SELECT worker_id, count(*) AS open FROM assignment WHERE worker_id = ANY($1::text[]) GROUP BY worker_id;

-- name: assign
-- Who has an incident now.
INSERT INTO assignment (incident_id, worker_id) SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT (incident_id) DO UPDATE SET worker_id = EXCLUDED.worker_id;

-- name: unassign
-- Nobody has these any more.
DELETE FROM assignment WHERE incident_id = ANY($1::text[]);
