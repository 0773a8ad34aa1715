-- 派单的来由：按规则首派、退单改派、升级、人工指派、重新办理、巡检补派，每个时间段各多少次。
SELECT $__timeGroup(s.recorded_at, $__interval) AS time,
       CASE s.origin WHEN 'rules' THEN '按规则' WHEN 'escalation' THEN '升级' WHEN 'decline' THEN '退单改派'
                     WHEN 'person' THEN '人工指派' WHEN 'reopening' THEN '重新办理' ELSE '巡检补派' END AS metric,
       count(*) AS value
FROM feedback.v_sendings s
WHERE $__timeFilter(s.recorded_at)
GROUP BY 1, 2 ORDER BY 1, 2;
