-- 各类别立案多少，按严重程度分开；最多的在前，最多 20 类。
SELECT category_name AS "类别",
       count(*) FILTER (WHERE severity = 'danger') AS "危及生命", count(*) FILTER (WHERE severity = 'high') AS "高",
       count(*) FILTER (WHERE severity = 'medium') AS "中", count(*) FILTER (WHERE severity = 'low') AS "低"
FROM feedback.v_ledger
WHERE $__timeFilter(opened_at)
  AND {scope}
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 20;
