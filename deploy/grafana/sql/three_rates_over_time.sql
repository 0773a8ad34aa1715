-- 三率和按期处置率随时间的变化，按所选周期（北京时间）。某周期没有分母的，那一率不画点。
SELECT date_trunc('$period', counted_at AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai' AS time,
       count(*) FILTER (WHERE response_is)::float8 / nullif(count(*) FILTER (WHERE response_of), 0) AS "响应率",
       sum(solution_is)::float8 / nullif(sum(solution_of), 0) AS "解决率",
       sum(satisfaction_is)::float8 / nullif(sum(satisfaction_of), 0) AS "满意率",
       count(*) FILTER (WHERE disposal_on_time_is)::float8 / nullif(count(*) FILTER (WHERE disposal_on_time_of), 0) AS "按期处置率"
FROM feedback.v_measures
WHERE $__timeFilter(counted_at) AND counted_at <= now()
  AND {scope}
GROUP BY 1 ORDER BY 1;
