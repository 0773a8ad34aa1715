-- name: register_sources
-- Take the register over; who is watched from now on has its whole patience before it.
INSERT INTO source AS s (source_id, name, kind, slow, patience)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[])
ON CONFLICT (source_id) DO UPDATE
SET name = EXCLUDED.name, kind = EXCLUDED.kind, slow = EXCLUDED.slow, patience = EXCLUDED.patience, is_registered = true,
    watched_since = CASE WHEN s.patience IS NULL OR NOT s.is_registered THEN now() ELSE s.watched_since END;

-- name: strike_sources
-- Who left the register, with its cameras, is watched no longer.
UPDATE source SET is_registered = false
WHERE is_registered AND source_id <> ALL($1::text[]) AND coalesce(gateway, '') <> ALL($1::text[]);

-- name: pace_cameras
-- The patience with the cameras of each gateway; null where they are watched no longer.
UPDATE source s SET slow = b.slow, patience = b.patience,
    watched_since = CASE WHEN s.patience IS NULL THEN now() ELSE s.watched_since END
FROM unnest($1::text[], $2::float8[], $3::float8[]) AS b (gateway, slow, patience)
WHERE s.gateway = b.gateway AND (s.slow, s.patience) IS DISTINCT FROM (b.slow, b.patience);

-- name: meet_cameras
-- Cameras that were heard for the first time, each with its gateway's patience.
INSERT INTO source AS s (source_id, name, kind, gateway, unit, place, slow, patience)
SELECT a, b, 'camera', c, d, e::json, f, g
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[]) AS r (a, b, c, d, e, f, g)
ORDER BY a
ON CONFLICT (source_id) DO UPDATE
SET unit = EXCLUDED.unit, place = EXCLUDED.place, slow = EXCLUDED.slow, patience = EXCLUDED.patience, is_registered = true,
    watched_since = CASE WHEN s.patience IS NULL OR NOT s.is_registered THEN now() ELSE s.watched_since END;

-- name: listen
-- This process listens; after a gap without any that did, all patience begins anew.
UPDATE listening SET since = CASE WHEN now() - last > make_interval(secs => $1) THEN now() ELSE since END, last = now();

-- name: hear
-- When these were heard last.
UPDATE source s SET heard_at = greatest(s.heard_at, b.heard_at)
FROM (SELECT * FROM unnest($1::text[], $2::timestamptz[]) AS r (source_id, heard_at) ORDER BY r.source_id) AS b
WHERE s.source_id = b.source_id;

-- name: edges
-- Who fell silent, or is heard again, and nobody has said so yet.
SELECT source_id, name, kind, place::text AS place, patience, heard_at, silenced_at FROM source_condition
WHERE (condition = 'expired' AND silenced_at IS NULL) OR heard_at > silenced_at
ORDER BY source_id LIMIT $1;

-- name: silence
-- These are silent, and it was said.
UPDATE source s SET silenced_at = b.silenced_at FROM unnest($1::text[], $2::timestamptz[]) AS b (source_id, silenced_at)
WHERE s.source_id = b.source_id;

-- name: recover
-- These are heard again, and it was said.
UPDATE source SET silenced_at = NULL WHERE source_id = ANY($1::text[]);

-- name: conditions
-- How many sources do how.
SELECT condition, count(*) AS number FROM source_condition GROUP BY condition;

-- name: list_sources
-- Every source that is registered, and how it does.
SELECT source_id, name, kind, gateway, unit, slow, patience, heard_at, silenced_at, maintained_until, condition
FROM source_condition ORDER BY source_id;

-- name: is_source
-- Whether there is such a source, or a camera in such a unit of the ground.
SELECT EXISTS (SELECT FROM source WHERE is_registered AND (source_id = $1 OR starts_with(unit, $1)));

-- name: maintain
-- A source may be silent until then.
INSERT INTO maintenance (source_id, author, reason, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5) RETURNING id;

-- name: end_maintenance
-- The windows of a source end now; those that would begin later never do.
UPDATE maintenance SET ends_at = greatest(now(), starts_at), starts_at = least(starts_at, now())
WHERE source_id = $1 AND ends_at > now();

-- name: list_maintenance
-- The windows that have not ended yet.
SELECT id, source_id, author, reason, starts_at, ends_at FROM maintenance WHERE ends_at > now() ORDER BY ends_at, id;

-- name: use_signature
-- Take a signature, unless it was used before.
INSERT INTO signature (digest) VALUES ($1) ON CONFLICT DO NOTHING RETURNING digest;

-- name: forget_signatures
-- What is too old to be accepted anyway need not be remembered.
DELETE FROM signature WHERE seen_at < now() - make_interval(secs => $1);

-- name: open_requests
-- Requests that came by Open311; the same one is one.
INSERT INTO service_request (request_id, thread, origin, service_code, description, address, longitude, latitude, requested_at, updated_at)
SELECT *, r.requested_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::float8[], $9::timestamptz[])
    AS r (request_id, thread, origin, service_code, description, address, longitude, latitude, requested_at)
ON CONFLICT DO NOTHING;

-- name: progress_requests
-- What has become of these requests.
UPDATE service_request s SET is_closed = b.is_closed, notes = b.notes, updated_at = b.updated_at
FROM unnest($1::text[], $2::bool[], $3::text[], $4::timestamptz[]) AS b (request_id, is_closed, notes, updated_at)
WHERE s.request_id = b.request_id;

-- name: find_requests
-- The requests of one source, newest first.
SELECT request_id, service_code, description, address, longitude, latitude, requested_at, updated_at, is_closed, notes
FROM service_request
WHERE origin = $1 AND ($2::text[] IS NULL OR request_id = ANY($2)) AND ($3::text[] IS NULL OR service_code = ANY($3))
  AND ($4::timestamptz IS NULL OR requested_at >= $4) AND ($5::timestamptz IS NULL OR requested_at <= $5)
  AND ($6::boolean IS NULL OR is_closed = $6)
ORDER BY requested_at DESC, request_id LIMIT 1000;
