-- 热线三率：响应率（按期接单）、解决率（回访已解决）、满意率（满意和基本满意）；分母一并给出。
SELECT count(*) FILTER (WHERE response_is)::float8 / nullif(count(*) FILTER (WHERE response_of), 0) AS "响应率",
       sum(solution_is)::float8 / nullif(sum(solution_of), 0) AS "解决率",
       sum(satisfaction_is)::float8 / nullif(sum(satisfaction_of), 0) AS "满意率",
       count(*) FILTER (WHERE response_of) AS "应响应",
       coalesce(sum(solution_of), 0)::int AS "有效回访"
FROM feedback.v_measures
WHERE $__timeFilter(counted_at)
  AND {scope};
