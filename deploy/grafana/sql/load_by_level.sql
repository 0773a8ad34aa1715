-- 此刻每一级手上有多少未结事件：等着接单的、正在处置的、等着核查的、挂账的。
SELECT feedback.said('level', level) AS "层级",
       count(*) FILTER (WHERE state IN ('pending_acceptance', 'pending_verification')) AS "待接单",
       count(*) FILTER (WHERE state IN ('handling', 'en_route', 'on_site')) AS "处置中",
       count(*) FILTER (WHERE state = 'pending_check') AS "待核查",
       count(*) FILTER (WHERE state = 'suspended') AS "已挂账"
FROM feedback.v_ledger
WHERE state <> 'closed' AND level IS NOT NULL
  AND {scope}
GROUP BY level
ORDER BY array_position(ARRAY['micro_grid', 'grid', 'community', 'street', 'department'], level);
