-- 这件事的协调任务：哪个单位、做什么、何时到期、何时完成。
SELECT unit AS "单位", what AS "任务", due_by AS "到期", done_at AS "完成"
FROM feedback.v_task_progress
WHERE incident_id = ${incident:sqlstring}
ORDER BY due_by, task_id;
