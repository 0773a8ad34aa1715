-- name: without_clock
-- Open cases that should have a clock and have no timer; what was overdue once may rightly have none.
SELECT l.incident_id FROM ledger l
WHERE l.closed_at IS NULL AND l.state NOT IN ('pending_registration', 'pending_dispatch', 'closed') AND NOT l.overdue
  AND NOT EXISTS (SELECT FROM timer t WHERE t.subject = l.incident_id)
ORDER BY l.incident_id LIMIT $1;

-- name: without_person
-- Open cases that nobody was sent to, and that dispatch does not hold back knowingly.
SELECT count(*) FROM ledger l
WHERE l.closed_at IS NULL AND l.state = 'pending_dispatch' AND l.opened_at < now() - make_interval(secs => $1)
  AND NOT EXISTS (SELECT FROM archive a WHERE a.subject = l.incident_id AND a.ce_type = 'hub.dispatch.held.v1'
                  AND (a.payload->>'until')::timestamptz > now());
