-- 此刻未结的事件：每个状态有多少，按严重程度分开。不受所选时间影响。
WITH states (position, state, name) AS (
    VALUES (1, 'pending_dispatch', '待派遣'), (2, 'pending_verification', '待核实'),
           (3, 'pending_acceptance', '待接单'), (4, 'handling', '处置中'),
           (5, 'on_site', '已到场'), (6, 'pending_check', '待核查')
)
SELECT coalesce(s.name, l.state) AS "状态",
       count(*) FILTER (WHERE severity = 'danger') AS "危及生命",
       count(*) FILTER (WHERE severity = 'high') AS "高",
       count(*) FILTER (WHERE severity = 'medium') AS "中",
       count(*) FILTER (WHERE severity = 'low') AS "低"
FROM feedback.v_ledger l LEFT JOIN states s USING (state)
WHERE l.state <> 'closed' AND ('*' IN ($community) OR coalesce(community, '未定位') IN ($community))
GROUP BY 1, s.position ORDER BY s.position NULLS LAST, 1;
