-- name: sight
-- Incidents that the risk watch will count.
INSERT INTO risk_sighting (incident_id, category, district, area, teller, day)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[])
ON CONFLICT DO NOTHING;

-- name: take_back
-- Incidents that were none.
UPDATE risk_sighting SET taken_back = true WHERE incident_id = ANY($1::text[]);

-- name: recategorise
-- Incidents that are another matter than they were taken for: they are told anew, as that.
WITH right_ones AS (SELECT * FROM unnest($1::text[], $2::text[]) AS b (incident_id, category)),
wrong AS (
    UPDATE risk_sighting s SET taken_back = true FROM right_ones r
    WHERE s.incident_id = r.incident_id AND s.category <> r.category
    RETURNING s.incident_id, r.category, s.district, s.area, s.teller, s.day
)
INSERT INTO risk_sighting (incident_id, category, district, area, teller, day)
SELECT DISTINCT * FROM wrong
ON CONFLICT (incident_id, category) DO UPDATE SET taken_back = false;

-- name: districts
-- The districts that are watched, and those that are to be, with the last look of each.
SELECT district, slot FROM risk_watch
UNION ALL
SELECT DISTINCT district, NULL::bigint FROM risk_sighting s
WHERE counted = taken_back AND NOT EXISTS (SELECT FROM risk_watch w WHERE w.district = s.district);

-- name: remembered
-- What the watch of a district remembers.
SELECT version, state FROM risk_watch WHERE district = $1;

-- name: pending
-- What the watch has not heard of yet, oldest first.
SELECT incident_id, category, area, teller, day, taken_back FROM risk_sighting
WHERE district = $1 AND counted = taken_back ORDER BY day, incident_id LIMIT $2;

-- name: standing
-- The warnings of a district that have not subsided.
SELECT warning_id, incident_id, category, area FROM risk_warning
WHERE district = $1 AND subsided_at IS NULL;

-- name: evidence
-- The incidents behind findings, each teller once in a community.
SELECT DISTINCT ON (f.number, left(s.area, 12), coalesce(nullif(s.teller, ''), s.incident_id))
       f.number, s.incident_id, s.area
FROM unnest($2::int[], $3::text[], $4::text[], $5::date[], $6::date[])
     AS f (number, category, area, first_day, last_day)
JOIN risk_sighting s ON s.district = $1 AND s.category = f.category
     AND s.day BETWEEN f.first_day AND f.last_day AND starts_with(s.area, f.area)
WHERE NOT s.taken_back
ORDER BY f.number, left(s.area, 12), coalesce(nullif(s.teller, ''), s.incident_id), s.day;

-- name: first_look
-- A district is watched from now on.
INSERT INTO risk_watch (district, version, slot, state) VALUES ($1, $2 + 1, $3, $4)
ON CONFLICT DO NOTHING RETURNING version;

-- name: next_look
-- What the watch remembers now, unless somebody else has looked meanwhile.
UPDATE risk_watch SET version = version + 1, slot = $3, state = $4
WHERE district = $1 AND version = $2 RETURNING version;

-- name: heard
-- The watch has heard of these.
UPDATE risk_sighting s SET counted = NOT s.counted
FROM unnest($1::text[], $2::text[]) AS b (incident_id, category)
WHERE s.incident_id = b.incident_id AND s.category = b.category;

-- name: fade
-- Sightings that nobody will ask for any more.
DELETE FROM risk_sighting WHERE district = $1 AND day < $2;

-- name: raise
-- Warnings as they were raised.
INSERT INTO risk_warning (warning_id, incident_id, district, category, category_name, area, area_name, level,
    days, observed, expected, interval_days, first_day, last_day, reasons, incidents)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::int[], $10::int[], $11::float8[], $12::float8[], $13::date[], $14::date[], $15::text[], $16::text[]);

-- name: grow
-- Warnings that are graver than they were.
UPDATE risk_warning w SET level = b.level, days = b.days, observed = b.observed, expected = b.expected,
    interval_days = b.interval_days, first_day = b.first_day, last_day = b.last_day,
    reasons = concat_ws(E'\n', w.reasons, b.reasons), incidents = b.incidents
FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::float8[], $6::float8[], $7::date[], $8::date[], $9::text[], $10::text[])
    AS b (warning_id, level, days, observed, expected, interval_days, first_day, last_day, reasons, incidents)
WHERE w.warning_id = b.warning_id;

-- name: subside
-- Warnings that are over.
UPDATE risk_warning SET subsided_at = now() WHERE warning_id = ANY($1::text[]);

-- name: look_into
-- What was found by those who looked, and how the case ended.
UPDATE risk_warning w SET finding = concat_ws(E'\n', nullif(w.finding, ''), nullif(b.finding, '')),
    outcome = coalesce(b.outcome, w.outcome), closed_at = coalesce(b.closed_at, w.closed_at)
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS b (incident_id, finding, outcome, closed_at)
WHERE w.incident_id = b.incident_id;

-- name: findings
-- How many warnings of the last days there were, by level and by what was found.
SELECT level, outcome, count(*) AS warnings FROM risk_warning
WHERE raised_at > now() - make_interval(days => $1) GROUP BY level, outcome;
