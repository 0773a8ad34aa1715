-- 整改率随时间的变化：隐患记在它应整改的那一刻（时限到了，或更早就已整改）所在的时间段里。
-- 没有应整改隐患的时间段不画点。
SELECT date_bin($__interval_ms * interval '1 millisecond', counted_at, '2024-01-01 00:00+08') AS time,
       count(*) FILTER (WHERE rectification_is)::float8 / count(*) AS "整改率",
       count(*) FILTER (WHERE rectification_is) AS "已整改",
       count(*) AS "应整改"
FROM feedback.v_measures
WHERE rectification_of AND $__timeFilter(counted_at) AND counted_at <= now()
  AND ('*' IN ($community) OR coalesce(community, '未定位') IN ($community))
GROUP BY 1 ORDER BY 1;
