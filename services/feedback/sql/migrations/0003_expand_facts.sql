-- What the archive says of voices, dispatches, steps, tasks, evidence, people, sources and warnings, a row each (事实).

CREATE VIEW v_voices AS
SELECT a.incident_id, a.recorded_at, a.ce_type = 'hub.incident.classified.v1' AS opened_it,
       a.payload->'voice'->>'thread' AS thread, a.payload->'voice'->>'source' AS source,
       a.payload->'voice'->>'ticket_number' AS ticket_number,
       (a.payload->'voice'->>'reported_at')::timestamptz AS reported_at,
       coalesce((a.payload->'voice'->>'confidential')::boolean, false) AS confidential,
       (SELECT min(w.recorded_at) FROM archive w
        WHERE w.incident_id = a.incident_id AND w.recorded_at >= a.recorded_at AND (
            w.ce_type = 'hub.voice.withdrawn.v1' AND w.payload->>'thread' = a.payload->'voice'->>'thread'
            OR w.ce_type = 'hub.merge.refused.v1' AND w.payload->'voice'->>'thread' = a.payload->'voice'->>'thread'
            OR w.ce_type = 'hub.incident.split.v1' AND (w.payload->'threads')::jsonb ? (a.payload->'voice'->>'thread')
            OR w.ce_type IN ('hub.incident.absorbed.v1', 'hub.incident.withdrawn.v1'))) AS left_at,
       r.solved, r.satisfied, r.rated_at
FROM archive a LEFT JOIN rating r ON r.thread = a.payload->'voice'->>'thread' AND r.incident_id = a.incident_id
WHERE a.ce_type IN ('hub.incident.classified.v1', 'hub.report.merged.v1');

CREATE VIEW v_dispatches AS
SELECT incident_id, recorded_at, (payload->>'round')::int AS round,
       payload->'assignee'->>'worker_id' AS worker_id, payload->'assignee'->>'level' AS level,
       payload->'assignee'->>'area' AS area, payload->>'mode' AS mode, payload->>'rule' AS rule,
       payload->>'lead_unit' AS lead_unit, payload->>'responsible_unit' AS responsible_unit,
       coalesce(payload->>'origin', 'rules') AS origin, payload->>'rules_version' AS rules_version,
       payload->>'roster_version' AS roster_version, payload->>'ground_version' AS ground_version,
       (payload->'deadlines'->>'accept_by')::timestamptz AS accept_by,
       (payload->'deadlines'->>'dispose_by')::timestamptz AS dispose_by,
       (payload->'deadlines'->>'check_by')::timestamptz AS check_by, (payload->'reasons')::text AS reasons
FROM archive WHERE ce_type = 'hub.incident.dispatched.v1';

CREATE VIEW v_steps AS
SELECT incident_id, recorded_at, split_part(ce_type, '.', 2) || '.' || split_part(ce_type, '.', 3) AS what,
       payload->>'worker_id' AS worker_id, (payload->>'round')::int AS round,
       coalesce(payload->>'reason', payload->>'measure', payload->>'finding', payload->>'note') AS said,
       payload->>'action' AS action, payload->>'asked' AS asked, payload->>'stage' AS stage,
       (payload->>'passed')::boolean AS passed, payload->>'outcome' AS outcome, payload->>'task_id' AS task_id,
       (payload->>'until')::timestamptz AS until, (payload->>'said_at')::timestamptz AS said_at,
       (payload->>'distance')::float8 AS distance, coalesce(json_array_length(payload->'evidence'), 0) AS pictures
FROM archive
WHERE incident_id IS NOT NULL AND (ce_type LIKE 'hub.case.%' OR ce_type IN ('hub.stage.overdue.v1', 'hub.step.refused.v1'));

CREATE VIEW v_tasks AS
SELECT a.incident_id, a.recorded_at, (a.payload->>'round')::int AS round, t.task->>'task_id' AS task_id,
       t.task->>'unit' AS unit, t.task->>'what' AS what, (t.task->>'due_by')::timestamptz AS due_by,
       d.done_at, d.done_by, d.done_at <= (t.task->>'due_by')::timestamptz AS on_time
FROM archive a CROSS JOIN LATERAL json_array_elements(a.payload->'tasks') AS t (task)
LEFT JOIN LATERAL (
    SELECT f.recorded_at AS done_at, f.payload->>'worker_id' AS done_by FROM archive f
    WHERE f.incident_id = a.incident_id AND f.ce_type = 'hub.case.task.done.v1'
      AND f.payload->>'task_id' = t.task->>'task_id' AND f.recorded_at >= a.recorded_at
    ORDER BY f.id LIMIT 1
) AS d ON true
WHERE a.ce_type = 'hub.incident.dispatched.v1' AND a.payload->'tasks' IS NOT NULL;

CREATE VIEW v_evidence AS
SELECT a.incident_id, a.recorded_at, split_part(a.ce_type, '.', 3) AS stage, a.payload->>'worker_id' AS worker_id,
       (a.payload->>'round')::int AS round, e.picture->>'digest' AS digest, e.picture->>'media_type' AS media_type,
       coalesce(e.picture->>'shows', 'other') AS shows, (e.picture->>'taken_at')::timestamptz AS taken_at
FROM archive a CROSS JOIN LATERAL json_array_elements(a.payload->'evidence') AS e (picture)
WHERE a.ce_type IN ('hub.case.arrived.v1', 'hub.case.disposed.v1', 'hub.case.checked.v1') AND a.payload->'evidence' IS NOT NULL;

CREATE VIEW v_people AS
SELECT worker_id, incident_id, round,
       min(recorded_at) FILTER (WHERE what = 'sent') AS sent_at,
       min(recorded_at) FILTER (WHERE what = 'case.accepted') AS accepted_at,
       min(recorded_at) FILTER (WHERE what = 'case.arrived') AS arrived_at,
       max(recorded_at) FILTER (WHERE what = 'case.disposed') AS disposed_at,
       min(recorded_at) FILTER (WHERE what = 'case.checked') AS checked_at,
       min(recorded_at) FILTER (WHERE what = 'case.declined') AS declined_at,
       count(*) FILTER (WHERE what = 'stage.overdue') AS overdue,
       count(*) FILTER (WHERE what = 'step.refused') AS refused,
       min(recorded_at) AS recorded_at
FROM (
    SELECT incident_id, recorded_at, 'sent' AS what, worker_id, round FROM v_dispatches
    UNION ALL SELECT incident_id, recorded_at, what, worker_id, round FROM v_steps
) AS done WHERE worker_id <> '' GROUP BY worker_id, incident_id, round;

CREATE VIEW v_sources AS
SELECT subject AS source_id, recorded_at, ce_type = 'hub.source.silenced.v1' AS silenced,
       payload->>'name' AS name, payload->>'source' AS source, (payload->>'silent_for')::float8 AS silent_for,
       payload->'place'->>'community' AS community
FROM archive WHERE ce_type IN ('hub.source.silenced.v1', 'hub.source.recovered.v1');

CREATE VIEW v_warnings AS
SELECT a.subject AS warning_id, a.recorded_at, a.payload->>'level' AS level, a.payload->'category'->>'code' AS category_code,
       a.payload->'category'->>'name' AS category_name, a.payload->>'area' AS area, (a.payload->>'days')::int AS days,
       (a.payload->>'observed')::int AS observed, (a.payload->>'expected')::float8 AS expected,
       looked.incident_id, looked.state, looked.outcome, looked.closed_at
FROM archive a
LEFT JOIN (
    SELECT o.payload->>'warning' AS warning_id, incident_id, state, outcome, closed_at
    FROM ledger JOIN archive o USING (incident_id)
    WHERE kind = 'warning' AND o.ce_type = 'hub.incident.classified.v1'
) AS looked ON looked.warning_id = a.subject
WHERE a.ce_type = 'hub.risk.raised.v1';

CREATE VIEW v_hot_spots AS
SELECT subject AS hotspot_id, recorded_at, payload->>'sort' AS sort, payload->>'theme' AS theme,
       (payload->>'voices')::int AS voices, payload->'place'->>'community' AS community,
       (payload->>'since')::timestamptz AS since
FROM archive WHERE ce_type = 'hub.hotspot.found.v1';

CREATE VIEW v_cases AS
SELECT v_ledger.*, coalesce(v_ledger.micro_grid, v_ledger.grid, v_ledger.community) AS area,
       ledger.worker_id, ledger.disposer, ledger.checker
FROM v_ledger JOIN ledger USING (incident_id);
COMMENT ON VIEW v_cases IS 'The ledger for those who handle cases: with the staff numbers of who has them.';
CREATE INDEX ledger_community ON ledger (community, opened_at);

GRANT SELECT ON v_tasks, v_sources, v_warnings, v_hot_spots TO hub_dashboard;
