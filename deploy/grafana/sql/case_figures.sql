-- 这件事的数：有几个人反映、派了几轮、退了几次、返工几次、延了几次、历时多久。
SELECT voices AS "反映数", rounds AS "派遣轮次", declines AS "退单", rework AS "返工", extensions AS "延期",
       extract(epoch FROM coalesce(closed_at, now()) - opened_at)::float8 AS "历时"
FROM feedback.v_ledger
WHERE incident_id = ${incident:sqlstring};
