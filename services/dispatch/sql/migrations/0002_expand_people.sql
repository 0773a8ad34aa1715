-- What people ordered, and of each open incident who has it or what it waits behind.
ALTER TABLE assignment
    ADD COLUMN round int NOT NULL DEFAULT 0,
    ADD COLUMN accepted boolean NOT NULL DEFAULT false,
    ADD COLUMN category text NOT NULL DEFAULT '',
    ADD COLUMN area text NOT NULL DEFAULT '',
    ADD COLUMN behind text NOT NULL DEFAULT '',
    ADD COLUMN held_until timestamptz,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX assignment_waits ON assignment (incident_id) WHERE worker_id = '' OR held_until IS NOT NULL;
CREATE INDEX assignment_category ON assignment (category);
COMMENT ON COLUMN assignment.worker_id IS 'Who has it in hand; empty: nobody yet.';

CREATE TABLE standing_order (
    subject text PRIMARY KEY,
    body json NOT NULL,
    until timestamptz NOT NULL
);
COMMENT ON TABLE standing_order IS 'Silences, absences and modes that hold.';

CREATE TABLE worker_week (
    worker_id text NOT NULL,
    week date NOT NULL,
    incidents int NOT NULL,
    PRIMARY KEY (worker_id, week)
) WITH (fillfactor = 80);
COMMENT ON TABLE worker_week IS 'Incidents sent to each worker in a week: for fairness.';
