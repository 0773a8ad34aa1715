-- Who has which open incident: what the load of a worker is counted from.
CREATE TABLE assignment (
    incident_id text PRIMARY KEY,
    worker_id text NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX assignment_worker ON assignment (worker_id);
