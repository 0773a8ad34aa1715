-- 哪个环节超时：所选时间内，接单、到场、处置、核查各超时多少次。
SELECT feedback.said('stage', stage) AS "环节", count(*) AS "超时次数"
FROM feedback.v_late_stages
WHERE $__timeFilter(recorded_at)
GROUP BY stage ORDER BY 2 DESC;
