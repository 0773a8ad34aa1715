-- 各网格的整改率，用来给地图上的网格着色；只有定位到网格的隐患。
SELECT grid AS "网格", count(*) FILTER (WHERE rectification_is)::float8 / count(*) AS "整改率",
       count(*) FILTER (WHERE rectification_is) AS "已整改", count(*) AS "应整改"
FROM feedback.v_measures
WHERE rectification_of AND grid IS NOT NULL AND $__timeFilter(counted_at) AND counted_at <= now()
  AND {scope}
GROUP BY 1 ORDER BY 1;
