-- What is known of an incident for later reports: also what it leans to, how it was worded, when
-- it was heard last, and, for a time after its closing, what it came back from.
ALTER TABLE open_incident
    ADD COLUMN estate text NOT NULL DEFAULT '',
    ADD COLUMN unit text NOT NULL DEFAULT '',
    ADD COLUMN families text[] NOT NULL DEFAULT '{}',
    ADD COLUMN shares real[] NOT NULL DEFAULT '{}',
    ADD COLUMN gist text NOT NULL DEFAULT '',
    ADD COLUMN danger boolean NOT NULL DEFAULT false,
    ADD COLUMN heard_at timestamptz,
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN root text NOT NULL DEFAULT '',
    ADD COLUMN follows boolean NOT NULL DEFAULT false;
UPDATE open_incident SET families = ARRAY[category], shares = ARRAY[1.0] WHERE families = '{}';
DROP INDEX open_incident_place;
CREATE INDEX open_incident_cell ON open_incident (cell, (coalesce(building, '')));
CREATE INDEX open_incident_estate ON open_incident (estate, cell);
CREATE INDEX open_incident_unit ON open_incident (unit, cell);
CREATE INDEX open_incident_root ON open_incident (root) WHERE root <> '';
CREATE INDEX open_incident_opened ON open_incident (opened_at);

CREATE TABLE theme (
    incident_id text PRIMARY KEY,
    hotspot_id text NOT NULL,
    joined_at timestamptz NOT NULL
);
COMMENT ON TABLE theme IS 'Which theme, spoken of for weeks, an incident belongs to.';
