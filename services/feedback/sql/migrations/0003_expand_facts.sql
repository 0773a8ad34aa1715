-- What the archive says of voices, dispatches, steps, tasks, sources and warnings, a row each (事实).

CREATE VIEW v_voices AS
SELECT incident_id, recorded_at, ce_type = 'hub.incident.classified.v1' AS opened_it,
       payload->'voice'->>'thread' AS thread, payload->'voice'->>'source' AS source,
       payload->'voice'->>'ticket_number' AS ticket_number,
       (payload->'voice'->>'reported_at')::timestamptz AS reported_at
FROM archive WHERE ce_type IN ('hub.incident.classified.v1', 'hub.report.merged.v1');

CREATE VIEW v_dispatches AS
SELECT incident_id, recorded_at, (payload->>'round')::int AS round,
       payload->'assignee'->>'worker_id' AS worker_id, payload->'assignee'->>'level' AS level,
       payload->'assignee'->>'area' AS area, payload->>'mode' AS mode, payload->>'rule' AS rule,
       payload->>'lead_unit' AS lead_unit, payload->>'responsible_unit' AS responsible_unit,
       coalesce(payload->>'origin', 'rules') AS origin, payload->>'rules_version' AS rules_version,
       payload->>'ground_version' AS ground_version, (payload->'reasons')::text AS reasons
FROM archive WHERE ce_type = 'hub.incident.dispatched.v1';

CREATE VIEW v_steps AS
SELECT incident_id, recorded_at, split_part(ce_type, '.', 2) || '.' || split_part(ce_type, '.', 3) AS what,
       payload->>'worker_id' AS worker_id, (payload->>'round')::int AS round,
       coalesce(payload->>'reason', payload->>'measure', payload->>'finding') AS said,
       payload->>'stage' AS stage, (payload->>'distance')::float8 AS distance
FROM archive
WHERE incident_id IS NOT NULL AND (ce_type LIKE 'hub.case.%' OR ce_type IN ('hub.stage.overdue.v1', 'hub.step.refused.v1'));

CREATE VIEW v_tasks AS
SELECT a.incident_id, a.recorded_at, t.task->>'task_id' AS task_id, t.task->>'unit' AS unit, t.task->>'what' AS what,
       (t.task->>'due_by')::timestamptz AS due_by
FROM archive a CROSS JOIN LATERAL json_array_elements(a.payload->'tasks') AS t (task)
WHERE a.ce_type = 'hub.incident.dispatched.v1' AND a.payload->'tasks' IS NOT NULL;

CREATE VIEW v_sources AS
SELECT subject AS source_id, recorded_at, ce_type = 'hub.source.silenced.v1' AS silenced,
       payload->>'name' AS name, payload->>'source' AS source, (payload->>'silent_for')::float8 AS silent_for,
       payload->'place'->>'community' AS community
FROM archive WHERE ce_type IN ('hub.source.silenced.v1', 'hub.source.recovered.v1');

CREATE VIEW v_warnings AS
SELECT subject AS warning_id, recorded_at, payload->>'level' AS level, payload->'category'->>'name' AS category_name,
       payload->>'area' AS area, (payload->>'observed')::int AS observed, (payload->>'expected')::float8 AS expected
FROM archive WHERE ce_type = 'hub.risk.raised.v1';

CREATE VIEW v_hot_spots AS
SELECT subject AS hotspot_id, recorded_at, payload->>'sort' AS sort, payload->>'theme' AS theme,
       (payload->>'voices')::int AS voices, payload->'place'->>'community' AS community,
       (payload->>'since')::timestamptz AS since
FROM archive WHERE ce_type = 'hub.hotspot.found.v1';

GRANT SELECT ON v_tasks, v_sources, v_warnings, v_hot_spots TO hub_dashboard;
