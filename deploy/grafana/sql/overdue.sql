-- 超时未结的事件：处置时限已过而没有结案，超时最久的在前，最多 50 件。不含姓名和原文。
SELECT incident_id AS "事件", coalesce(community, '未定位') AS "社区", micro_grid AS "微网格",
       category_name AS "类别",
       CASE severity WHEN 'danger' THEN '危及生命' WHEN 'high' THEN '高' WHEN 'medium' THEN '中' ELSE '低' END AS "严重程度",
       CASE state WHEN 'pending_dispatch' THEN '待派遣' WHEN 'pending_verification' THEN '待核实'
                  WHEN 'pending_acceptance' THEN '待接单' WHEN 'handling' THEN '处置中'
                  WHEN 'on_site' THEN '已到场' WHEN 'pending_check' THEN '待核查' ELSE state END AS "状态",
       due_at AS "处置时限", extract(epoch FROM now() - due_at)::float8 AS "已超时", rounds AS "派遣轮次"
FROM feedback.v_ledger
WHERE state <> 'closed' AND due_at < now()
  AND ('*' IN ($community) OR coalesce(community, '未定位') IN ($community))
ORDER BY due_at, incident_id LIMIT 50;
