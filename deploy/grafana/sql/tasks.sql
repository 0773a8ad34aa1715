-- 协调任务的进度：所选时间内下达的任务，每个单位各多少、完成多少、超时未完成多少。
SELECT unit AS "单位", count(*) AS "任务", count(done_at) AS "已完成",
       count(*) FILTER (WHERE done_at IS NULL AND due_by < now()) AS "超时未完成",
       count(done_at)::float8 / count(*) AS "完成率"
FROM feedback.v_task_progress
WHERE $__timeFilter(recorded_at)
GROUP BY 1 ORDER BY 4 DESC, 2 DESC, 1 LIMIT 50;
