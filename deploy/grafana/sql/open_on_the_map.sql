-- 未结事件在哪里（约十米），最严重的在前，最多 2000 件；没有坐标的不在图上。
SELECT l.incident_id AS "事件", p.longitude AS "经度", p.latitude AS "纬度", l.category_name AS "类别",
       l.severity_name AS "严重程度", l.state_name AS "状态",
       CASE l.severity WHEN 'danger' THEN 3 WHEN 'high' THEN 2 WHEN 'medium' THEN 1 ELSE 0 END AS "程度"
FROM feedback.v_ledger l JOIN feedback.v_places p USING (incident_id)
WHERE l.state <> 'closed' AND p.longitude IS NOT NULL
  AND {scope}
ORDER BY 7 DESC, l.opened_at LIMIT 2000;
