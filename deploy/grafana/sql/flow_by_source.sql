-- 各来源的立案量：每个时间段里，由哪个来源的第一次反映立案的事件有多少。
SELECT $__timeGroup(opened_at, $__interval) AS time, feedback.said('source', source) AS metric, count(*) AS value
FROM feedback.v_ledger
WHERE $__timeFilter(opened_at)
  AND {scope}
GROUP BY 1, 2 ORDER BY 1, 2;
