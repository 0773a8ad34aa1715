-- 此刻未结的事件：每个状态有多少，按严重程度分开。不受所选时间影响。
SELECT state_name AS "状态",
       count(*) FILTER (WHERE severity = 'danger') AS "危及生命",
       count(*) FILTER (WHERE severity = 'high') AS "高",
       count(*) FILTER (WHERE severity = 'medium') AS "中",
       count(*) FILTER (WHERE severity = 'low') AS "低"
FROM feedback.v_ledger
WHERE state <> 'closed'
  AND {scope}
GROUP BY state_name, state_order ORDER BY state_order;
