-- name: lock_places
-- One merging at a time about a place or a wording, always in the same order.
SELECT pg_advisory_xact_lock(hashtext('classification place'), key)
FROM (SELECT DISTINCT hashtext(name) AS key FROM unnest($1::text[]) AS name ORDER BY key) AS places;

-- name: incidents_near
-- Open incidents of these categories in these cells and in no other building, or with these very words.
SELECT o.* FROM open_incident o JOIN unnest($1::text[], $2::text[], $3::text[]) AS k (cell, category, building)
    ON o.cell = k.cell AND o.category = k.category
WHERE o.opened_at > $5 AND (o.building = k.building OR o.building IS NULL OR k.building IS NULL)
UNION
SELECT o.* FROM open_incident o WHERE o.fingerprint = ANY($4::bytea[]) AND o.opened_at > $5;

-- name: incidents_of_threads
-- Which incidents these threads belong to.
SELECT DISTINCT state->>'incident_id' AS incident_id FROM subject
WHERE id = ANY($1::text[]) AND state->>'incident_id' IS NOT NULL;

-- name: open
-- Incidents that later reports may join.
INSERT INTO open_incident (incident_id, category, cell, fingerprint, opened_at, longitude, latitude, building)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::timestamptz[], $6::float8[], $7::float8[], $8::text[])
ON CONFLICT (incident_id) DO NOTHING;

-- name: close
-- Incidents that no report can join any more.
DELETE FROM open_incident WHERE incident_id = ANY($1::text[]);
