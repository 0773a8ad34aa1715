-- name: load_of
-- How many open incidents each of these workers has or helps with, and their minutes of work this week.
SELECT w.worker_id,
       (SELECT count(*) FROM assignment a WHERE a.worker_id = w.worker_id)
           + (SELECT count(*) FROM helping h WHERE h.worker_id = w.worker_id) AS open,
       coalesce((SELECT minutes FROM worker_week k WHERE k.worker_id = w.worker_id AND k.week = $2), 0) AS week
FROM unnest($1::text[]) AS w (worker_id);

-- name: assign
-- Who has an incident now, or what it waits behind.
INSERT INTO assignment (incident_id, worker_id, round, accepted, category, area, behind, held_until, occupies, sent_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bool[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::bool[], $10::timestamptz[])
ON CONFLICT (incident_id) DO UPDATE SET
    worker_id = EXCLUDED.worker_id, round = EXCLUDED.round, accepted = EXCLUDED.accepted, category = EXCLUDED.category,
    area = EXCLUDED.area, behind = EXCLUDED.behind, held_until = EXCLUDED.held_until, occupies = EXCLUDED.occupies,
    sent_at = EXCLUDED.sent_at, changed_at = now();

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
                WHEN NOT starts_with(a.behind, 'surge:')
                     AND NOT EXISTS (SELECT FROM standing_order s WHERE s.subject = a.behind AND s.until > now())
                     AND NOT EXISTS (SELECT FROM assignment c WHERE c.incident_id = a.behind) THEN 'released'
           END AS problem
    FROM assignment a LEFT JOIN timer t
        ON t.subject = a.incident_id AND t.name = CASE WHEN starts_with(a.behind, 'surge:') THEN 'window' ELSE 'held' END
    WHERE (a.worker_id = '' OR a.held_until IS NOT NULL) AND a.changed_at < now() - interval '1 second'
) AS found WHERE problem IS NOT NULL ORDER BY changed_at LIMIT $1;

-- name: unwritten
-- Of the next subjects after one, the open incidents of which nothing is written down; and the last subject.
WITH next AS (SELECT id, state FROM subject WHERE id > $1 ORDER BY id LIMIT $2)
SELECT array_agg(n.id) FILTER (
           WHERE n.state->'category' IS NOT NULL AND n.state->>'is_over' = 'false'
           AND NOT EXISTS (SELECT FROM assignment a WHERE a.incident_id = n.id)
       ) AS incidents, max(n.id) AS last
FROM next n;

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

-- name: in_hand_of_streets
-- What occupies whom in these streets, and what waits there for somebody free (nobody).
SELECT left(area, 9) AS street, worker_id, count(*) AS incidents FROM assignment
WHERE left(area, 9) = ANY($1::text[]) AND (occupies OR starts_with(behind, 'surge:'))
  AND (worker_id = '' OR sent_at > $2) GROUP BY 1, 2;

-- name: streets_of
-- In which streets these incidents lie.
SELECT id, left(state->'place'->>'community', 9) AS street FROM subject
WHERE id = ANY($1::text[]) AND state->'place'->>'community' IS NOT NULL;

-- name: surges
-- Streets in a surge; all of them, if none is named.
SELECT street, since FROM surge WHERE $1::text[] IS NULL OR street = ANY($1::text[]);

-- name: begin_surge
-- In these streets a surge has begun.
INSERT INTO surge (street, since) SELECT * FROM unnest($1::text[], $2::timestamptz[]) ON CONFLICT DO NOTHING;

-- name: end_surge
-- In these streets it is over.
DELETE FROM surge WHERE street = ANY($1::text[]);

-- name: lock_street
-- One at a time assigns in a street: until the end of the transaction.
SELECT pg_advisory_xact_lock(hashtext(current_schema() || ' surge'), hashtext($1));

-- name: try_street
-- The same for who must not wait, since it has locked incidents already.
SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || ' surge'), hashtext($1));

-- name: members_of
-- Where each of these was last, and their minutes of work this week.
SELECT w.worker_id, l.longitude, l.latitude, l.at, coalesce(k.minutes, 0) AS week
FROM unnest($1::text[]) AS w (worker_id)
LEFT JOIN last_seen l ON l.worker_id = w.worker_id
LEFT JOIN worker_week k ON k.worker_id = w.worker_id AND k.week = $2;

-- name: see
-- Where workers were done with something.
INSERT INTO last_seen (worker_id, longitude, latitude, at)
SELECT * FROM unnest($1::text[], $2::float8[], $3::float8[], $4::timestamptz[])
ON CONFLICT (worker_id) DO UPDATE SET longitude = EXCLUDED.longitude, latitude = EXCLUDED.latitude, at = EXCLUDED.at;

-- name: count_danger
-- So much more danger to life by grid and month, with the sums of where.
INSERT INTO danger_seen (area, month, incidents, longitudes, latitudes)
SELECT * FROM unnest($1::text[], $2::date[], $3::int[], $4::float8[], $5::float8[])
ON CONFLICT (area, month) DO UPDATE SET incidents = danger_seen.incidents + EXCLUDED.incidents,
    longitudes = danger_seen.longitudes + EXCLUDED.longitudes, latitudes = danger_seen.latitudes + EXCLUDED.latitudes;

-- name: danger_of
-- How often there was danger to life in the grids of these streets since a month, and where on average.
SELECT left(area, 9) AS street, sum(incidents)::int AS incidents,
       sum(longitudes) / sum(incidents) AS longitude, sum(latitudes) / sum(incidents) AS latitude
FROM danger_seen WHERE left(area, 9) = ANY($1::text[]) AND month >= $2 GROUP BY area;
