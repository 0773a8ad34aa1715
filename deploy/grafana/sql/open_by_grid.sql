-- 各网格此刻未结多少、其中危及生命和超时的各多少；最多的在前。
SELECT coalesce(grid, '未定位') AS "网格", count(*) AS "未结",
       count(*) FILTER (WHERE severity = 'danger') AS "危及生命",
       count(*) FILTER (WHERE due_at < now() AND state <> 'suspended') AS "超时"
FROM feedback.v_ledger
WHERE state <> 'closed'
  AND {scope}
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50;
