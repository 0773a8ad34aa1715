-- name: load_of
-- How many open incidents each of these workers has or helps with, and their minutes of work this week.
SELECT w.worker_id,
       (SELECT count(*) FROM assignment a WHERE a.worker_id = w.worker_id)
           + (SELECT count(*) FROM helping h WHERE h.worker_id = w.worker_id) AS open,
       coalesce((SELECT minutes FROM worker_week k WHERE k.worker_id = w.worker_id AND k.week = $2), 0) AS week
FROM unnest($1::text[]) AS w (worker_id);

-- name: assign
-- Who has an incident now, or what it waits behind.
INSERT INTO assignment (incident_id, worker_id, round, accepted, category, area, behind, held_until)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bool[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
ON CONFLICT (incident_id) DO UPDATE SET
    worker_id = EXCLUDED.worker_id, round = EXCLUDED.round, accepted = EXCLUDED.accepted, category = EXCLUDED.category,
    area = EXCLUDED.area, behind = EXCLUDED.behind, held_until = EXCLUDED.held_until, changed_at = now();

-- name: unassign
-- Nobody has these any more.
DELETE FROM assignment WHERE incident_id = ANY($1::text[]);

-- name: add_week
-- So many more were sent to each this week.
INSERT INTO worker_week (worker_id, week, incidents) SELECT * FROM unnest($1::text[], $2::date[], $3::int[])
ON CONFLICT (worker_id, week) DO UPDATE SET incidents = worker_week.incidents + EXCLUDED.incidents;

-- name: add_minutes
-- So many more minutes of work of each this week.
INSERT INTO worker_week (worker_id, week, incidents, minutes)
SELECT a, b, 0, c FROM unnest($1::text[], $2::date[], $3::int[]) AS r (a, b, c)
ON CONFLICT (worker_id, week) DO UPDATE SET minutes = worker_week.minutes + EXCLUDED.minutes;

-- name: help
-- Who helps with these incidents now; those who were not known to are given back.
WITH now_is AS (SELECT DISTINCT * FROM unnest($2::text[], $3::text[]) AS r (incident_id, worker_id)),
gone AS (
    DELETE FROM helping h WHERE h.incident_id = ANY($1::text[])
    AND NOT EXISTS (SELECT FROM now_is n WHERE n.incident_id = h.incident_id AND n.worker_id = h.worker_id)
)
INSERT INTO helping SELECT * FROM now_is ON CONFLICT DO NOTHING RETURNING incident_id, worker_id;

-- name: standing
-- What people ordered and what holds now.
SELECT body::text AS body FROM standing_order WHERE until > now();

-- name: stand
-- What was ordered, as it is now.
INSERT INTO standing_order (subject, body, until) SELECT a, b::json, c FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS r (a, b, c)
ON CONFLICT (subject) DO UPDATE SET body = EXCLUDED.body, until = EXCLUDED.until;

-- name: causes
-- Open incidents of these categories: they may explain others.
SELECT incident_id, category, area FROM assignment WHERE category = ANY($1::text[]);

-- name: places_of
-- Where these incidents are.
SELECT state->'place'->>'community' AS community, state->'place'->>'grid' AS grid, state->'place'->>'micro_grid' AS micro_grid
FROM subject WHERE id = ANY($1::text[]) AND state->'place' IS NOT NULL;

-- name: holes
-- Open incidents that nobody has, that no clock releases, or that wait behind what holds no more.
SELECT * FROM (
    SELECT a.incident_id, a.round, a.changed_at,
           CASE WHEN a.held_until IS NULL THEN 'nobody'
                WHEN t.subject IS NULL THEN 'no_clock'
                WHEN NOT EXISTS (SELECT FROM standing_order s WHERE s.subject = a.behind AND s.until > now())
                     AND NOT EXISTS (SELECT FROM assignment c WHERE c.incident_id = a.behind) THEN 'released'
           END AS problem
    FROM assignment a LEFT JOIN timer t ON t.subject = a.incident_id AND t.name = 'held'
    WHERE (a.worker_id = '' OR a.held_until IS NOT NULL) AND a.changed_at < now() - interval '1 second'
) AS found WHERE problem IS NOT NULL ORDER BY changed_at LIMIT $1;

-- name: in_hand
-- What workers have, of those who are no longer there.
SELECT incident_id, round, worker_id FROM assignment
WHERE worker_id = ANY($1::text[]) ORDER BY incident_id LIMIT $2;

-- name: holders
-- Who has something.
SELECT DISTINCT worker_id FROM assignment WHERE worker_id <> '';

-- name: off
-- Who has tapped off duty.
SELECT subject FROM standing_order WHERE starts_with(subject, 'duty:') AND until > now();
