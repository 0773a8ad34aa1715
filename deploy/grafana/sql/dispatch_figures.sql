-- 所选时间内派单的情况：首次派单多少件、多少被退回、接单和到场各要多久（九成不超过）。
SELECT count(*) AS "派单件数",
       count(*) FILTER (WHERE dispatch_accuracy_is)::float8 / nullif(count(*), 0) AS "准确派遣率",
       count(*) FILTER (WHERE response_is)::float8 / nullif(count(*) FILTER (WHERE response_of), 0) AS "按期接单率",
       percentile_cont(0.9) WITHIN GROUP (ORDER BY to_accept) AS "接单 p90",
       percentile_cont(0.9) WITHIN GROUP (ORDER BY to_arrive) AS "到场 p90"
FROM feedback.v_measures
WHERE dispatch_accuracy_of AND $__timeFilter(counted_at)
  AND {scope};
