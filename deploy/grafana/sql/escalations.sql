-- 升级：每个时间段里，从哪一级升到哪一级各多少次。
SELECT $__timeGroup(recorded_at, $__interval) AS time,
       feedback.said('level', from_level) || ' → ' || feedback.said('level', to_level) AS metric, count(*) AS value
FROM feedback.v_escalations
WHERE $__timeFilter(recorded_at)
GROUP BY 1, 2 ORDER BY 1, 2;
