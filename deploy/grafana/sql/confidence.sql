-- 模型有多大把握：所选时间内的立案，按置信度每 10% 一档；人定的单列。
SELECT CASE WHEN by_person THEN '人定' ELSE least(floor(confidence * 10) * 10, 90)::int || '%' END AS "把握", count(*) AS "件数"
FROM feedback.v_recognised
WHERE $__timeFilter(recorded_at)
GROUP BY 1 ORDER BY 1;
