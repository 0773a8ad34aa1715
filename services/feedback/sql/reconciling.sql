-- name: lock_daily_file
-- One process at a time writes a day's file: several share the folder.
SELECT pg_advisory_xact_lock(hashtext(current_schema() || ' daily file'));

-- name: told_on
-- The tickets that a receipt was given out for between two moments, as they stood at the second one.
WITH told AS (
    SELECT DISTINCT subject FROM archive
    WHERE ce_type = 'hub.hotline.receipt.v1' AND recorded_at >= $1 AND recorded_at < $2
)
SELECT r.* FROM told CROSS JOIN LATERAL (
    SELECT min(a.payload->>'ticket_number') AS ticket,
           (array_agg(a.payload->>'incident_id' ORDER BY a.id DESC))[1] AS incident_id,
           (array_agg(a.payload->>'state' ORDER BY a.id DESC))[1] AS state,
           min((a.payload->>'at')::timestamptz) FILTER (WHERE a.payload->>'state' = 'accepted') AS accepted_at,
           max((a.payload->>'at')::timestamptz) FILTER (WHERE a.payload->>'state' = 'closed') AS closed_at,
           max((a.payload->>'at')::timestamptz) AS told_at,
           count(*)::int AS receipts,
           (count(*) FILTER (WHERE a.ce_id IN (SELECT id FROM outbox)))::int AS waiting
    FROM archive a
    WHERE a.subject = told.subject AND a.ce_type = 'hub.hotline.receipt.v1' AND a.recorded_at < $2
) AS r ORDER BY r.ticket;

-- name: make_theirs
-- A place for what the hotline says, gone with the transaction.
CREATE TEMPORARY TABLE theirs (
    ticket text NOT NULL, state text, accepted_at timestamptz, closed_at timestamptz, receipts int
) ON COMMIT DROP;

-- name: know_theirs
-- So that the planner knows how many there are.
ANALYZE theirs;

-- name: beside
-- Each ticket of theirs, or told of by us between two moments, as both have it at the second one.
WITH named AS (
    SELECT $3 || ticket AS thread FROM theirs
    UNION
    SELECT subject FROM archive
    WHERE ce_type = 'hub.hotline.receipt.v1' AND recorded_at >= $1 AND recorded_at < $2
)
SELECT coalesce(t.ticket, r.ticket) AS ticket, r.ticket IS NOT NULL AS is_ours, t.ticket IS NOT NULL AS is_theirs,
       r.state, r.accepted_at, r.closed_at, r.receipts, r.waiting,
       t.state AS their_state, t.accepted_at AS their_accepted_at, t.closed_at AS their_closed_at,
       t.receipts AS their_receipts
FROM named n
LEFT JOIN (SELECT DISTINCT ON (ticket) * FROM theirs ORDER BY ticket) t ON $3 || t.ticket = n.thread
LEFT JOIN LATERAL (
    SELECT min(a.payload->>'ticket_number') AS ticket,
           (array_agg(a.payload->>'state' ORDER BY a.id DESC))[1] AS state,
           min((a.payload->>'at')::timestamptz) FILTER (WHERE a.payload->>'state' = 'accepted') AS accepted_at,
           max((a.payload->>'at')::timestamptz) FILTER (WHERE a.payload->>'state' = 'closed') AS closed_at,
           count(*)::int AS receipts,
           (count(*) FILTER (WHERE a.ce_id IN (SELECT id FROM outbox)))::int AS waiting
    FROM archive a
    WHERE a.subject = n.thread AND a.ce_type = 'hub.hotline.receipt.v1' AND a.recorded_at < $2
) r ON true
ORDER BY n.thread;
