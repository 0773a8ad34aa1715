-- 返工、复发、退单、上报：前三项越小越好；分母分别是已处置、已整改、已派遣、上报的事件。
SELECT count(*) FILTER (WHERE rework_is)::float8 / nullif(count(*) FILTER (WHERE rework_of), 0) AS "返工率",
       count(*) FILTER (WHERE recurrence_is)::float8 / nullif(count(*) FILTER (WHERE recurrence_of), 0) AS "30 天复发率",
       1 - count(*) FILTER (WHERE dispatch_accuracy_is)::float8 / nullif(count(*) FILTER (WHERE dispatch_accuracy_of), 0) AS "退单率",
       1 - count(*) FILTER (WHERE valid_report_is)::float8 / nullif(count(*) FILTER (WHERE valid_report_of), 0) AS "无效上报率"
FROM feedback.v_measures
WHERE $__timeFilter(counted_at)
  AND {scope};
