-- name: mark
-- Where the archive ends now, and the number of the next transaction: those below may still be under way.
SELECT coalesce(max(id), 0) AS id, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next FROM archive;

-- name: oldest
-- The oldest transaction that is under way.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint;

-- name: news
-- What stands behind a place in the archive, with how its case stands now.
SELECT a.id, a.recorded_at, a.ce_type, a.incident_id, l.state, l.severity, l.category_name, l.overdue,
       coalesce(l.micro_grid, l.grid, l.community) AS area, l.worker_id,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest,
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next
FROM archive a LEFT JOIN ledger l USING (incident_id)
WHERE a.id > $1 AND a.recorded_at > now() - interval '1 day'
ORDER BY a.id LIMIT $2;

-- name: missed
-- What stands between two places in the archive; nothing at all if the first is older than a day.
SELECT a.id, a.recorded_at, a.ce_type, a.incident_id, l.state, l.severity, l.category_name, l.overdue,
       coalesce(l.micro_grid, l.grid, l.community) AS area, l.worker_id
FROM archive a LEFT JOIN ledger l USING (incident_id)
WHERE a.id > $1 AND a.id <= $2 AND a.recorded_at > now() - interval '1 day'
  AND EXISTS (SELECT FROM archive b WHERE b.id = $1 AND b.recorded_at > now() - interval '1 day')
ORDER BY a.id LIMIT $3;
