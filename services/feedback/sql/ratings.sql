-- name: keep
-- What citizens said last.
INSERT INTO rating (thread, incident_id, solved, satisfied, rated_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::bool[], $4::text[], $5::timestamptz[])
ON CONFLICT (thread) DO UPDATE SET incident_id = EXCLUDED.incident_id, solved = EXCLUDED.solved,
    satisfied = EXCLUDED.satisfied, rated_at = EXCLUDED.rated_at;

-- name: different
-- Ratings that are not those of the archive, on either side.
SELECT count(*) FROM rating r FULL JOIN v_archived_ratings a USING (thread)
WHERE (r.incident_id, r.solved, r.satisfied, r.rated_at) IS DISTINCT FROM (a.incident_id, a.solved, a.satisfied, a.rated_at);

-- name: empty
-- Before the ratings of the archive are put in.
DELETE FROM rating;

-- name: remake
-- All ratings, as the archive tells them.
INSERT INTO rating (thread, incident_id, solved, satisfied, rated_at)
SELECT thread, incident_id, solved, satisfied, rated_at FROM v_archived_ratings;
