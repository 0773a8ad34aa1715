-- What a surge is told by, and what is known of the street while it lasts.
ALTER TABLE assignment
    ADD COLUMN occupies boolean NOT NULL DEFAULT false,
    ADD COLUMN sent_at timestamptz;
COMMENT ON COLUMN assignment.occupies IS 'Whoever has it is on the way or on the spot, and not free for other work.';
CREATE INDEX assignment_street ON assignment (left(area, 9)) WHERE occupies OR starts_with(behind, 'surge:');

CREATE TABLE surge (
    street text PRIMARY KEY,
    since timestamptz NOT NULL
);
COMMENT ON TABLE surge IS 'Streets in which more comes than there are people free.';

CREATE TABLE last_seen (
    worker_id text PRIMARY KEY,
    longitude float8 NOT NULL,
    latitude float8 NOT NULL,
    at timestamptz NOT NULL
) WITH (fillfactor = 80);
COMMENT ON TABLE last_seen IS 'Where each worker was done with something last, and when.';

CREATE TABLE danger_seen (
    area text NOT NULL,
    month date NOT NULL,
    incidents int NOT NULL,
    longitudes float8 NOT NULL,
    latitudes float8 NOT NULL,
    PRIMARY KEY (area, month)
);
CREATE INDEX danger_seen_street ON danger_seen (left(area, 9));
COMMENT ON TABLE danger_seen IS 'Danger to life by grid and month: how often, and the sums of where.';
