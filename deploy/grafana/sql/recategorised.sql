-- 改类：所选时间内由人改正的类别，从什么改成什么各多少次；最多的在前。
SELECT before AS "原为", after AS "改为", count(*) AS "次数"
FROM feedback.v_corrections
WHERE ce_type = 'hub.incident.recategorised.v1' AND $__timeFilter(recorded_at)
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 30;
