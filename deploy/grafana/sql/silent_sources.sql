-- 此刻静默的来源：本该有动静而没有的摄像头、热线、群机器人，静默最久的在前。
SELECT source_id AS "来源编号", name AS "名称", feedback.said('source', source) AS "来源", community AS "社区",
       recorded_at AS "自何时", extract(epoch FROM now() - recorded_at)::float8 + silent_for AS "已静默"
FROM (
    SELECT DISTINCT ON (source_id) * FROM feedback.v_sources
    WHERE recorded_at > now() - interval '90 days'
    ORDER BY source_id, recorded_at DESC
) latest
WHERE silenced
ORDER BY 6 DESC, 1 LIMIT 100;
