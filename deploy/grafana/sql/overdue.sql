-- 超时未结的事件：处置时限已过而没有结案（挂账的除外），超时最久的在前，最多 50 件。不含姓名和原文。
SELECT incident_id AS "事件", coalesce(community, '未定位') AS "社区", micro_grid AS "微网格",
       category_name AS "类别", severity_name AS "严重程度", state_name AS "状态",
       due_at AS "处置时限", extract(epoch FROM now() - due_at)::float8 AS "已超时", rounds AS "派遣轮次"
FROM feedback.v_ledger
WHERE state NOT IN ('closed', 'suspended') AND due_at < now()
  AND {scope}
ORDER BY due_at, incident_id LIMIT 50;
