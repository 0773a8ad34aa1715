-- Incidents of an estate are looked for by building, whether they have a point or not.
DROP INDEX open_incident_estate;
CREATE INDEX open_incident_estate ON open_incident (estate, (coalesce(building, '')));
