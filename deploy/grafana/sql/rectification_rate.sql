-- 整改率：所选时间内应整改的隐患里，有多少经核查通过、已整改结案（逾期后整改的也算）。
-- 应整改 = 处置时限已到的隐患，加上时限未到就已整改的；撤回、误报、不予受理、并入、挂账的不算，求助咨询不算。
-- 净整改率再减去 30 天内复发的；它总与整改率并列，防止只看表面。口径见 feedback.v_measures。
SELECT count(*) FILTER (WHERE rectification_is)::float8 / nullif(count(*), 0) AS "整改率",
       count(*) FILTER (WHERE net_rectification_is)::float8 / nullif(count(*), 0) AS "净整改率",
       count(*) FILTER (WHERE rectification_is AND disposal_on_time_is)::float8 / nullif(count(*), 0) AS "按期整改率",
       count(*) FILTER (WHERE rectification_is) AS "已整改",
       count(*) AS "应整改"
FROM feedback.v_measures
WHERE rectification_of AND $__timeFilter(counted_at) AND counted_at <= now()
  AND {scope};
