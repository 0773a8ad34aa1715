-- 各社区的整改率：所选时间内应整改的隐患，按社区分开；同时给出分子和分母，不为排名。
-- 没有定位到社区的归入“未定位”。
SELECT coalesce(community, '未定位') AS "社区",
       count(*) FILTER (WHERE rectification_is)::float8 / count(*) AS "整改率",
       count(*) FILTER (WHERE rectification_is) AS "已整改",
       count(*) AS "应整改",
       count(*) FILTER (WHERE rework_is) AS "返工件数"
FROM feedback.v_measures
WHERE rectification_of AND $__timeFilter(counted_at) AND counted_at <= now()
  AND ('*' IN ($community) OR coalesce(community, '未定位') IN ($community))
GROUP BY 1 ORDER BY 1;
