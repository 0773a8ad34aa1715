-- 各区域的整改率：所选时间内应整改的隐患，按所选的一级（区县到微网格）分开；同时给出分子和分母，供了解情况，不为排名。
SELECT CASE '$level' WHEN 'district' THEN coalesce(left(community, 6), '未定位')
                     WHEN 'street' THEN coalesce(left(community, 9), '未定位')
                     WHEN 'community' THEN coalesce(community, '未定位')
                     WHEN 'grid' THEN coalesce(grid, '未定位')
                     ELSE coalesce(micro_grid, '未定位') END AS "区域",
       count(*) FILTER (WHERE rectification_is)::float8 / count(*) AS "整改率",
       count(*) FILTER (WHERE rectification_is) AS "已整改",
       count(*) AS "应整改",
       count(*) FILTER (WHERE disposal_on_time_is)::float8 / nullif(count(*) FILTER (WHERE disposal_on_time_of), 0) AS "按期处置率",
       count(*) FILTER (WHERE rework_is) AS "返工件数",
       count(*) FILTER (WHERE recurrence_is) AS "复发件数"
FROM feedback.v_measures
WHERE rectification_of AND $__timeFilter(counted_at) AND counted_at <= now()
  AND {scope}
GROUP BY 1 ORDER BY 1;
