-- name: reached
-- The last row of the archive.
SELECT coalesce(max(id), 0) FROM archive;

-- name: dispatched
-- Seconds from the report to the first dispatch, of the latest $3 that the rules sent out at once.
SELECT greatest(extract(epoch FROM (d.payload->>'dispatched_at')::timestamptz - (r.payload->>'received_at')::timestamptz), 0)::float8 AS seconds
FROM (
    SELECT incident_id, payload FROM archive
    WHERE id > $1 AND id <= $2 AND ce_type = 'hub.incident.dispatched.v1'
      AND payload->>'round' = '1' AND coalesce(payload->>'origin', 'rules') = 'rules'
    ORDER BY id DESC LIMIT $3
) d
JOIN archive c ON c.incident_id = d.incident_id AND c.ce_type = 'hub.incident.classified.v1'
    AND coalesce(c.payload->>'reviewer', '') = '' AND c.payload->>'unreviewed' IS NULL AND c.payload->>'split_from' IS NULL
JOIN archive r ON r.subject = c.payload->'voice'->>'thread' AND r.ce_type = 'hub.report.received.v1'
    AND r.payload->>'report_id' = c.payload->'voice'->>'report_id'
WHERE NOT EXISTS (SELECT FROM archive h WHERE h.incident_id = d.incident_id AND h.ce_type = 'hub.dispatch.held.v1');
