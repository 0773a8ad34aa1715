-- Hours of work over the week, and who helps with what.
ALTER TABLE worker_week ADD COLUMN minutes int NOT NULL DEFAULT 0;
COMMENT ON COLUMN worker_week.minutes IS 'Expected minutes of what they accepted or helped with: for fairness.';

CREATE TABLE helping (
    incident_id text NOT NULL,
    worker_id text NOT NULL,
    PRIMARY KEY (incident_id, worker_id)
);
CREATE INDEX helping_worker ON helping (worker_id);
COMMENT ON TABLE helping IS 'Who helps with an open incident (协办): it counts as something in hand.';
