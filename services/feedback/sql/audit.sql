-- name: without_clock
-- Of the next $2 open cases behind $1, those that should have a clock and have no timer, and how far that was;
-- the stage that a late one is in may rightly have run out.
WITH page AS MATERIALIZED (
    SELECT incident_id, state, overdue FROM ledger
    WHERE closed_at IS NULL AND incident_id > $1 ORDER BY incident_id LIMIT $2
), without AS (
    SELECT p.incident_id FROM page p
    WHERE p.state NOT IN ('pending_registration', 'pending_dispatch', 'closed')
      AND NOT EXISTS (SELECT FROM timer t WHERE t.subject = p.incident_id)
      AND (NOT p.overdue OR p.state = 'suspended' OR NOT EXISTS (
          SELECT FROM subject s WHERE s.id = p.incident_id AND (s.state->'overdue')::jsonb ? (
              CASE WHEN p.state IN ('pending_verification', 'pending_acceptance') THEN 'accept'
                   WHEN p.state IN ('handling', 'en_route') THEN 'arrive'
                   WHEN p.state = 'on_site' THEN 'dispose' ELSE 'check' END
              || ':' || (s.state->>'round') || ':' || (s.state->>'extensions'))))
)
SELECT coalesce((SELECT array_agg(incident_id) FROM without), '{}') AS lost,
       (SELECT count(*) FROM page) AS looked_at, (SELECT max(incident_id) FROM page) AS last;

-- name: without_person
-- Open cases that nobody was sent to, and that dispatch does not hold back knowingly.
SELECT count(*) FROM ledger l
WHERE l.closed_at IS NULL AND l.state = 'pending_dispatch' AND l.opened_at < now() - make_interval(secs => $1)
  AND NOT EXISTS (SELECT FROM archive a WHERE a.subject = l.incident_id AND a.ce_type = 'hub.dispatch.held.v1'
                  AND (a.payload->>'until')::timestamptz > now());
