-- name: lock_places
-- One merging at a time about a place or a wording, always in the same order.
SELECT pg_advisory_xact_lock(hashtext('classification place'), key)
FROM (SELECT DISTINCT hashtext(name) AS key FROM unnest($1::text[]) AS name ORDER BY key) AS places;

-- name: incidents_near
-- Known incidents in these cells and estates and in no other building; of these units, where one of the two has
-- no point; all that lean to one of the families looked for there; and those with these very words.
WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (sort, key, building, families)
), near AS (
    SELECT o.incident_id FROM wanted w JOIN open_incident o ON o.cell = w.key AND coalesce(o.building, '') = ANY (ARRAY[w.building, ''])
    WHERE w.sort = 'cell and building' AND o.families && string_to_array(w.families, '|')
        AND (o.closed_at IS NULL AND coalesce(o.heard_at, o.opened_at) > $6 OR o.closed_at > $7)
    UNION
    SELECT o.incident_id FROM wanted w JOIN open_incident o ON o.cell = w.key
    WHERE w.sort = 'cell' AND o.families && string_to_array(w.families, '|')
        AND (o.closed_at IS NULL AND coalesce(o.heard_at, o.opened_at) > $6 OR o.closed_at > $7)
    UNION
    SELECT o.incident_id FROM wanted w JOIN open_incident o ON o.estate = w.key AND coalesce(o.building, '') = ANY (ARRAY[w.building, ''])
    WHERE w.sort = 'estate and building' AND o.families && string_to_array(w.families, '|')
        AND (o.closed_at IS NULL AND coalesce(o.heard_at, o.opened_at) > $6 OR o.closed_at > $7)
    UNION
    SELECT o.incident_id FROM wanted w JOIN open_incident o ON o.estate = w.key
    WHERE w.sort = 'estate' AND o.families && string_to_array(w.families, '|')
        AND (o.closed_at IS NULL AND coalesce(o.heard_at, o.opened_at) > $6 OR o.closed_at > $7)
    UNION
    SELECT o.incident_id FROM wanted w JOIN open_incident o ON o.cell = '' AND o.unit = w.key AND o.estate = ''
    WHERE w.sort = 'unit of those without a point' AND o.families && string_to_array(w.families, '|')
        AND (o.closed_at IS NULL AND coalesce(o.heard_at, o.opened_at) > $6 OR o.closed_at > $7)
    UNION
    SELECT o.incident_id FROM wanted w JOIN open_incident o ON o.unit = w.key
    WHERE w.sort = 'unit' AND o.families && string_to_array(w.families, '|')
        AND (o.closed_at IS NULL AND coalesce(o.heard_at, o.opened_at) > $6 OR o.closed_at > $7)
    UNION
    SELECT o.incident_id FROM open_incident o
    WHERE o.fingerprint = ANY($5::bytea[]) AND o.opened_at > $6 AND o.closed_at IS NULL
)
SELECT o.* FROM open_incident o JOIN near USING (incident_id);

-- name: recurrences_of
-- What came back from the same root as these incidents.
SELECT o.* FROM open_incident o
WHERE o.root IN (SELECT CASE WHEN k.root = '' THEN k.incident_id ELSE k.root END
                 FROM open_incident k WHERE k.incident_id = ANY($1::text[]))
   OR o.incident_id = ANY($1::text[]);

-- name: incidents_of_threads
-- Which incidents these threads belong to.
SELECT DISTINCT state->>'incident_id' AS incident_id FROM subject
WHERE id = ANY($1::text[]) AND state->>'incident_id' IS NOT NULL;

-- name: threads_of
-- The threads of the voices behind an incident.
SELECT voice->>'thread' AS thread FROM subject, json_array_elements((state::json)->'voices') AS voice WHERE id = $1;

-- name: open
-- Incidents that later reports may join.
INSERT INTO open_incident (incident_id, category, cell, fingerprint, opened_at, longitude, latitude, building,
    estate, unit, families, shares, gist, danger, root, follows)
SELECT incident_id, category, cell, fingerprint, opened_at, longitude, latitude, building,
    estate, unit, string_to_array(families, '|'), string_to_array(shares, '|')::real[], gist, danger, root, follows
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::timestamptz[], $6::float8[], $7::float8[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::boolean[], $15::text[],
    $16::boolean[])
    AS b (incident_id, category, cell, fingerprint, opened_at, longitude, latitude, building,
          estate, unit, families, shares, gist, danger, root, follows)
ON CONFLICT (incident_id) DO NOTHING;

-- name: hear
-- Incidents that were spoken of again, with what is known of them since.
UPDATE open_incident o SET heard_at = b.heard_at, building = b.building, families = string_to_array(b.families, '|'),
    shares = string_to_array(b.shares, '|')::real[], gist = b.gist, danger = b.danger
FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
    AS b (incident_id, heard_at, building, families, shares, gist, danger)
WHERE o.incident_id = b.incident_id;

-- name: rename
-- Incidents whose category a person put right: they lean to its family alone.
UPDATE open_incident o SET category = b.category, families = ARRAY[b.family], shares = ARRAY[1.0]::real[]
FROM unnest($1::text[], $2::text[], $3::text[]) AS b (incident_id, category, family) WHERE o.incident_id = b.incident_id;

-- name: close
-- Incidents that no report joins any more; the same matter may come back.
UPDATE open_incident o SET closed_at = b.closed_at
FROM unnest($1::text[], $2::timestamptz[]) AS b (incident_id, closed_at) WHERE o.incident_id = b.incident_id;

-- name: reopen
-- Incidents that are open again.
UPDATE open_incident SET closed_at = NULL WHERE incident_id = ANY($1::text[]);

-- name: forget
-- Incidents of which nothing can come back.
DELETE FROM open_incident WHERE incident_id = ANY($1::text[]);

-- name: forget_old
-- What was closed so long ago that nothing asks for it, some at a time.
DELETE FROM open_incident WHERE incident_id IN (
    SELECT incident_id FROM open_incident
    WHERE opened_at < $1 AND closed_at IS NOT NULL ORDER BY opened_at LIMIT 5000);

-- name: told
-- What was said of incidents since a time, the oldest first: for what many speak of over weeks.
SELECT incident_id, category, gist, estate, opened_at FROM open_incident
WHERE opened_at > $1 AND gist <> '' ORDER BY opened_at, incident_id LIMIT $2;

-- name: themes_of
-- Which theme these incidents belong to already.
SELECT incident_id, hotspot_id FROM theme WHERE incident_id = ANY($1::text[]);

-- name: join_theme
-- Incidents that speak of one theme.
INSERT INTO theme (incident_id, hotspot_id, joined_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
ON CONFLICT (incident_id) DO UPDATE SET hotspot_id = EXCLUDED.hotspot_id;
