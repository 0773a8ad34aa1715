-- 并案、拆分、改类、改级、不予受理：每个时间段各多少次。
SELECT $__timeGroup(recorded_at, $__interval) AS time, what AS metric, count(*) AS value
FROM feedback.v_corrections
WHERE $__timeFilter(recorded_at)
GROUP BY 1, 2 ORDER BY 1, 2;
