-- What dashboards need beside the ledger and the measures: no text of citizens, no persons.

CREATE INDEX archive_recorded ON archive USING brin (recorded_at);

INSERT INTO word VALUES
    ('source', 'hotline_12345', 1, '12345 热线'), ('source', 'camera', 2, '摄像头'), ('source', 'wechat_group', 3, '微信群'),
    ('source', 'mini_program', 4, '小程序'), ('source', 'collector', 5, '网格员上报'), ('source', 'visit', 6, '走访'),
    ('source', 'register', 7, '值班登记'), ('source', 'transfer', 8, '部门转办'), ('source', 'public', 9, '公众'),
    ('source', 'hub', 10, '枢纽自身'),
    ('level', 'micro_grid', 1, '微网格'), ('level', 'grid', 2, '网格'), ('level', 'community', 3, '社区'),
    ('level', 'street', 4, '街道'), ('level', 'department', 5, '部门'),
    ('stage', 'accept', 1, '接单'), ('stage', 'arrive', 2, '到场'), ('stage', 'dispose', 3, '处置'), ('stage', 'check', 4, '核查'),
    ('alertness', 'red', 1, 'Ⅰ级（红）'), ('alertness', 'orange', 2, 'Ⅱ级（橙）'), ('alertness', 'yellow', 3, 'Ⅲ级（黄）'),
    ('alertness', 'blue', 4, 'Ⅳ级（蓝）'),
    ('because', 'silence', 1, '静默令'), ('because', 'inhibition', 2, '另一事件可解释'), ('because', 'nobody_free', 3, '暂无人空闲'),
    ('outcome', 'rectified', 1, '已整改'), ('outcome', 'answered', 2, '已答复'), ('outcome', 'looked_into', 3, '已查看'),
    ('outcome', 'withdrawn', 4, '已撤回'), ('outcome', 'false_alarm', 5, '误报'), ('outcome', 'absorbed', 6, '并入他案'),
    ('outcome', 'not_accepted', 7, '不予受理'),
    ('event', 'hub.report.received.v1', 1, '收到反映'), ('event', 'hub.report.updated.v1', 2, '补充或催办'),
    ('event', 'hub.report.withdrawn.v1', 3, '撤回反映'), ('event', 'hub.review.requested.v1', 4, '请人复核'),
    ('event', 'hub.review.answered.v1', 5, '复核答复'), ('event', 'hub.incident.classified.v1', 6, '立案'),
    ('event', 'hub.report.merged.v1', 7, '并案'), ('event', 'hub.report.dismissed.v1', 8, '不予受理'),
    ('event', 'hub.incident.regraded.v1', 9, '改级'), ('event', 'hub.incident.recategorised.v1', 10, '改类'),
    ('event', 'hub.incident.split.v1', 11, '拆分'), ('event', 'hub.incident.absorbed.v1', 12, '并入'),
    ('event', 'hub.incident.withdrawn.v1', 13, '撤单'), ('event', 'hub.incident.urged.v1', 14, '催单'),
    ('event', 'hub.voice.withdrawn.v1', 15, '一位反映人撤回'), ('event', 'hub.incident.dispatched.v1', 16, '派单'),
    ('event', 'hub.incident.escalated.v1', 17, '升级'), ('event', 'hub.dispatch.held.v1', 18, '暂缓派单'),
    ('event', 'hub.dispatch.withdrawn.v1', 19, '撤派'), ('event', 'hub.dispute.decided.v1', 20, '退单复核'),
    ('event', 'hub.pushdown.refused.v1', 21, '不得下压'), ('event', 'hub.supervision.ordered.v1', 22, '督办'),
    ('event', 'hub.case.confirmed.v1', 23, '核实属实'), ('event', 'hub.case.accepted.v1', 24, '接单'),
    ('event', 'hub.case.departed.v1', 25, '出发'), ('event', 'hub.case.arrived.v1', 26, '到场'),
    ('event', 'hub.case.task.done.v1', 27, '协调任务完成'), ('event', 'hub.case.disposed.v1', 28, '处置完成'),
    ('event', 'hub.case.checked.v1', 29, '核查'), ('event', 'hub.case.closed.v1', 30, '结案'),
    ('event', 'hub.case.reopened.v1', 31, '重新办理'), ('event', 'hub.case.declined.v1', 32, '退单'),
    ('event', 'hub.case.asked.v1', 33, '提出申请'), ('event', 'hub.case.denied.v1', 34, '不予批准'),
    ('event', 'hub.case.extended.v1', 35, '延期'), ('event', 'hub.case.suspended.v1', 36, '挂账'),
    ('event', 'hub.case.resumed.v1', 37, '恢复办理'), ('event', 'hub.case.returned.v1', 38, '退回立案'),
    ('event', 'hub.case.registered.v1', 39, '重新立案'), ('event', 'hub.case.rated.v1', 40, '回访评价'),
    ('event', 'hub.case.recurred.v1', 41, '复发'), ('event', 'hub.case.excused.v1', 42, '超时免责'),
    ('event', 'hub.stage.overdue.v1', 43, '环节超时'), ('event', 'hub.step.refused.v1', 44, '步骤被拒'),
    ('event', 'hub.merge.refused.v1', 45, '未能并案'), ('event', 'hub.hotline.receipt.v1', 46, '回执热线'),
    ('event', 'hub.camera.state.v1', 47, '回写摄像头')
ON CONFLICT (sort, value) DO NOTHING;

CREATE FUNCTION said(of_sort text, of_value text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce((SELECT w.chinese FROM feedback.word w WHERE w.sort = of_sort AND w.value = of_value), of_value) $$;
COMMENT ON FUNCTION said IS 'What a value is called in Chinese; the value itself where nobody has named it.';

CREATE VIEW v_places AS
SELECT incident_id, recorded_at, round((payload->'place'->>'longitude')::numeric, 4)::float8 AS longitude,
       round((payload->'place'->>'latitude')::numeric, 4)::float8 AS latitude
FROM archive WHERE ce_type = 'hub.incident.classified.v1';
COMMENT ON VIEW v_places IS 'Where an incident is, to about ten metres.';

CREATE VIEW v_judgements AS
SELECT incident_id, recorded_at, payload->'category'->>'code' AS category_code, payload->'category'->>'name' AS category_name,
       (payload->>'confidence')::float8 AS confidence, payload->>'kind' AS kind, payload->>'severity' AS severity,
       payload->'voice'->>'source' AS source, coalesce(payload->>'reviewer', '') <> '' AS by_person,
       coalesce((payload->>'unreviewed')::bool, false) AS unreviewed, payload->>'warning' AS warning,
       payload->'voice'->>'thread' AS thread
FROM archive WHERE ce_type = 'hub.incident.classified.v1';
COMMENT ON VIEW v_judgements IS 'How each incident was judged when it was opened. Not for dashboards as a whole: a thread may name a ticket.';

CREATE VIEW v_recognised AS
SELECT incident_id, recorded_at, category_code, category_name, confidence, kind, severity, source, by_person, unreviewed, warning
FROM v_judgements;

CREATE VIEW v_reviews AS
SELECT q.recorded_at AS asked_at, q.payload->>'source' AS source, q.payload->'candidates'->0->>'name' AS likeliest,
       (q.payload->'candidates'->0->>'confidence')::float8 AS confidence, (q.payload->>'expires_at')::timestamptz AS expires_at,
       a.recorded_at AS answered_at, a.payload->>'code' AS answer
FROM archive q
LEFT JOIN LATERAL (
    SELECT b.recorded_at, b.payload FROM archive b
    WHERE b.subject = q.subject AND b.ce_type = 'hub.review.answered.v1' AND b.recorded_at >= q.recorded_at
    ORDER BY b.recorded_at LIMIT 1
) a ON true
WHERE q.ce_type = 'hub.review.requested.v1';

CREATE VIEW v_corrections AS
SELECT recorded_at, incident_id, ce_type, said('event', ce_type) AS what,
       payload->'previous'->>'name' AS before, coalesce(payload->'category'->>'name', payload->>'into') AS after
FROM archive
WHERE ce_type IN ('hub.incident.recategorised.v1', 'hub.incident.split.v1', 'hub.incident.absorbed.v1',
                  'hub.report.merged.v1', 'hub.merge.refused.v1', 'hub.report.dismissed.v1', 'hub.incident.regraded.v1');

CREATE VIEW v_sendings AS
SELECT incident_id, recorded_at, (payload->>'round')::int AS round, payload->'assignee'->>'level' AS level,
       coalesce(payload->'assignee'->>'area', '') AS area, coalesce((payload->'assignee'->>'desk')::bool, false) AS desk,
       payload->>'mode' AS mode, payload->>'severity' AS severity, payload->>'rule' AS rule,
       coalesce(payload->>'origin', 'rules') AS origin
FROM archive WHERE ce_type = 'hub.incident.dispatched.v1';
COMMENT ON VIEW v_sendings IS 'Each dispatch as a post (level and area), without the person.';

CREATE VIEW v_escalations AS
SELECT incident_id, recorded_at, payload->>'from_level' AS from_level, payload->>'to_level' AS to_level
FROM archive WHERE ce_type = 'hub.incident.escalated.v1';

CREATE VIEW v_held AS
SELECT incident_id, recorded_at, payload->>'because' AS because, (payload->>'until')::timestamptz AS until
FROM archive WHERE ce_type = 'hub.dispatch.held.v1';

CREATE VIEW v_late_stages AS
SELECT incident_id, recorded_at, payload->>'stage' AS stage FROM archive WHERE ce_type = 'hub.stage.overdue.v1';

CREATE VIEW v_task_progress AS
SELECT DISTINCT ON (t.incident_id, t.task_id) t.incident_id, t.recorded_at, t.task_id, t.unit, t.what, t.due_by, d.done_at
FROM v_tasks t
LEFT JOIN LATERAL (
    SELECT min(a.recorded_at) AS done_at FROM archive a
    WHERE a.incident_id = t.incident_id AND a.ce_type = 'hub.case.task.done.v1' AND a.payload->>'task_id' = t.task_id
) d ON true
ORDER BY t.incident_id, t.task_id, t.recorded_at DESC;

CREATE VIEW v_modes AS
SELECT d.subject AS mode_id, d.recorded_at AS declared_at, d.payload->>'area' AS area, d.payload->>'level' AS level,
       d.payload->>'trigger' AS reason, (d.payload->>'expires_at')::timestamptz AS expires_at,
       (SELECT min(e.recorded_at) FROM archive e WHERE e.subject = d.subject AND e.ce_type = 'hub.mode.ended.v1') AS ended_at
FROM archive d WHERE d.ce_type = 'hub.mode.declared.v1';

CREATE VIEW v_road AS
SELECT v.incident_id, a.id, a.recorded_at, a.producer, a.ce_type, said('event', a.ce_type) AS what,
       coalesce((SELECT string_agg(r.value, '；') FROM json_array_elements_text(
           CASE WHEN json_typeof(a.payload->'reasons') = 'array' THEN a.payload->'reasons' ELSE '[]' END) AS r (value)),
           CASE WHEN a.ce_type LIKE 'hub.incident.%' OR a.ce_type LIKE 'hub.dispatch.%' THEN a.payload->>'reason' END) AS reasons,
       (a.payload->>'round')::int AS round, said('level', a.payload->'assignee'->>'level') AS level,
       CASE WHEN replace(a.correlation, '-', '') ~ '^[0-9a-f]{32}$' THEN replace(a.correlation, '-', '')
            ELSE a.correlation END AS trace_id
FROM (SELECT incident_id, thread AS subject FROM voice UNION SELECT incident_id, incident_id FROM ledger) v
JOIN archive a ON a.subject = v.subject;
COMMENT ON VIEW v_road IS 'All that is recorded of an incident and of the reports behind it; ask for one incident at a time.';

GRANT SELECT ON word, v_places, v_recognised, v_reviews, v_corrections, v_sendings, v_escalations, v_held, v_late_stages,
    v_task_progress, v_modes, v_road TO hub_dashboard;
