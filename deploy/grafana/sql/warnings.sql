-- 风险预警和查看结果：哪里、什么、实际多少件（往常多少件）、查看后怎么说；最近的在前。
SELECT w.recorded_at AS "预警时间", feedback.said('alertness', w.level) AS "级别", w.category_name AS "类别", w.area AS "范围",
       w.observed AS "实际", w.expected AS "往常", r.incident_id AS "事件",
       coalesce(feedback.said('outcome', l.outcome), l.state_name, '待立案') AS "查看结果"
FROM feedback.v_warnings w
LEFT JOIN feedback.v_recognised r ON r.warning = w.warning_id
LEFT JOIN feedback.v_ledger l ON l.incident_id = r.incident_id
WHERE $__timeFilter(w.recorded_at)
ORDER BY w.recorded_at DESC LIMIT 50;
