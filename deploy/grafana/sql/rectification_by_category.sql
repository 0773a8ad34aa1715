-- 各类别的整改率：所选时间内应整改的隐患，按类别分开，最多的在前，最多 30 类。
SELECT category_code AS "代码", category_name AS "类别",
       count(*) FILTER (WHERE rectification_is)::float8 / count(*) AS "整改率",
       count(*) FILTER (WHERE rectification_is) AS "已整改",
       count(*) AS "应整改",
       count(*) FILTER (WHERE recurrence_is)::float8 / nullif(count(*) FILTER (WHERE recurrence_of), 0) AS "30 天复发率"
FROM feedback.v_measures
WHERE rectification_of AND $__timeFilter(counted_at) AND counted_at <= now()
  AND {scope}
GROUP BY 1, 2 ORDER BY 5 DESC, 1 LIMIT 30;
