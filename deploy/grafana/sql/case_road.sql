-- 这件事的全程：每一步何时、由哪个服务记下、是什么、为什么，和追踪号；最早的在前。
SELECT recorded_at AS "时间", extract(epoch FROM recorded_at - lag(recorded_at) OVER (ORDER BY id))::float8 AS "隔了",
       what AS "步骤", round AS "轮次", level AS "层级", reasons AS "为什么", producer AS "由谁", trace_id AS "追踪号"
FROM feedback.v_road
WHERE incident_id = ${incident:sqlstring}
ORDER BY id LIMIT 500;
