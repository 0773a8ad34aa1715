-- name: without_clock
-- Open cases that should have a clock and have no timer; the stage that they are in may rightly have run out.
SELECT l.incident_id FROM ledger l
WHERE l.closed_at IS NULL AND l.state NOT IN ('pending_registration', 'pending_dispatch', 'closed')
  AND NOT EXISTS (SELECT FROM timer t WHERE t.subject = l.incident_id)
  AND (NOT l.overdue OR l.state = 'suspended' OR NOT EXISTS (
      SELECT FROM subject s WHERE s.id = l.incident_id AND (s.state->'overdue')::jsonb ? (
          CASE WHEN l.state IN ('pending_verification', 'pending_acceptance') THEN 'accept'
               WHEN l.state IN ('handling', 'en_route') THEN 'arrive'
               WHEN l.state = 'on_site' THEN 'dispose' ELSE 'check' END
          || ':' || (s.state->>'round') || ':' || (s.state->>'extensions'))))
ORDER BY l.incident_id LIMIT $1;

-- name: without_person
-- Open cases that nobody was sent to, and that dispatch does not hold back knowingly.
SELECT count(*) FROM ledger l
WHERE l.closed_at IS NULL AND l.state = 'pending_dispatch' AND l.opened_at < now() - make_interval(secs => $1)
  AND NOT EXISTS (SELECT FROM archive a WHERE a.subject = l.incident_id AND a.ce_type = 'hub.dispatch.held.v1'
                  AND (a.payload->>'until')::timestamptz > now());
