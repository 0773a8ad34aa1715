-- 整改率随时间的变化：隐患记在它应整改的那一刻（时限到了，或更早就已整改）所在的周期里（北京时间）。
-- 没有应整改隐患的周期不画点。
SELECT date_trunc('$period', counted_at AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai' AS time,
       count(*) FILTER (WHERE rectification_is)::float8 / count(*) AS "整改率",
       count(*) FILTER (WHERE net_rectification_is)::float8 / count(*) AS "净整改率",
       count(*) FILTER (WHERE rectification_is) AS "已整改",
       count(*) AS "应整改"
FROM feedback.v_measures
WHERE rectification_of AND $__timeFilter(counted_at) AND counted_at <= now()
  AND {scope}
GROUP BY 1 ORDER BY 1;
