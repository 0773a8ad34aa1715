-- What a new report is compared with: incidents that are open, by where they are.
CREATE TABLE open_incident (
    incident_id text PRIMARY KEY,
    category text NOT NULL,
    cell text NOT NULL,
    fingerprint bytea,
    opened_at timestamptz NOT NULL,
    longitude float8,
    latitude float8,
    building text
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX open_incident_place ON open_incident (cell, category);
CREATE INDEX open_incident_words ON open_incident (fingerprint) WHERE fingerprint IS NOT NULL;
