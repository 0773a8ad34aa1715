-- 此刻未结的危及生命事件，最早的在前，最多 50 件；没有才是正常。不含姓名和原文。
SELECT incident_id AS "事件", coalesce(community, '未定位') AS "社区", micro_grid AS "微网格",
       category_name AS "类别", state_name AS "状态", feedback.said('level', level) AS "在哪一级",
       extract(epoch FROM now() - opened_at)::float8 AS "已历时", rounds AS "派遣轮次"
FROM feedback.v_ledger
WHERE state <> 'closed' AND severity = 'danger'
  AND {scope}
ORDER BY opened_at, incident_id LIMIT 50;
