-- name: declare
-- Modes that pause routine work begin.
INSERT INTO pausing_mode (mode_id, area, trigger, since, until)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
ON CONFLICT DO NOTHING;

-- name: end
-- Modes end.
UPDATE pausing_mode m SET ended_at = b.ended_at
FROM unnest($1::text[], $2::timestamptz[]) AS b (mode_id, ended_at)
WHERE m.mode_id = b.mode_id AND m.ended_at IS NULL;

-- name: pausing
-- All that pause or have paused routine work: there are few.
SELECT mode_id, area, trigger, since, until, ended_at FROM pausing_mode;

-- name: to_straighten
-- Cases that should be paused and are not, and those that are and should not be; at most $2 of each.
(
    SELECT l.incident_id FROM ledger l
    WHERE l.closed_at IS NULL AND l.paused_by IS NULL AND l.supervised_at IS NULL AND l.severity IN ('low', 'medium')
      AND l.check_by IS NOT NULL AND l.state = ANY($1::text[])
      AND EXISTS (
          SELECT FROM pausing_mode m
          WHERE m.ended_at IS NULL AND m.since <= now() AND m.until > now()
            AND (starts_with(l.micro_grid, m.area) OR starts_with(l.grid, m.area) OR starts_with(l.community, m.area) OR m.area = '')
      )
    LIMIT $2
) UNION ALL (
    SELECT l.incident_id FROM ledger l JOIN pausing_mode m ON m.mode_id = l.paused_by
    WHERE m.ended_at IS NOT NULL OR m.until <= now()
    LIMIT $2
);

-- name: any_mode
-- Whether a mode holds, or still pauses a case.
SELECT EXISTS (SELECT FROM pausing_mode WHERE ended_at IS NULL AND until > now())
    OR EXISTS (SELECT FROM ledger WHERE paused_by IS NOT NULL);
