-- 此刻暂缓派单的事件：为什么、到何时自动派出；最早到期的在前。
SELECT h.incident_id AS "事件", coalesce(l.community, '未定位') AS "社区", l.category_name AS "类别",
       l.severity_name AS "严重程度", feedback.said('because', h.because) AS "原因", h.until AS "到何时"
FROM (SELECT DISTINCT ON (incident_id) * FROM feedback.v_held
      WHERE recorded_at > now() - interval '90 days' ORDER BY incident_id, recorded_at DESC) h
JOIN feedback.v_ledger l USING (incident_id)
WHERE l.state = 'pending_dispatch' AND h.until > now()
  AND {scope}
ORDER BY h.until, 1 LIMIT 50;
