-- 回访时怎么说：所选时间内结案的事件，各种满意程度各有多少。
SELECT satisfied AS "满意程度", count(*) AS "件数"
FROM feedback.v_ledger
WHERE satisfied IS NOT NULL AND $__timeFilter(closed_at)
  AND {scope}
GROUP BY 1 ORDER BY 2 DESC;
