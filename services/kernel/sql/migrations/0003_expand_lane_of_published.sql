-- After a restore a subject goes on by the lane by which its events went.

ALTER TABLE published ADD COLUMN express boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN published.express IS 'Whether it went by the express lane.';
