-- 各摄像头的误报：所选时间内核实过的疑似里，误报多少；误报最多的在前。
SELECT coalesce(camera, '未登记') AS "摄像头", count(*) FILTER (WHERE false_alarm_is)::float8 / count(*) AS "误报率",
       count(*) FILTER (WHERE false_alarm_is) AS "误报", count(*) AS "已核实"
FROM feedback.v_measures
WHERE false_alarm_of AND $__timeFilter(counted_at)
  AND {scope}
GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 50;
