-- 所选时间内的识别：立案多少、自动定类的比率、改类率、摄像头误报率、预警不实率。
SELECT count(*) AS "立案",
       count(*) FILTER (WHERE NOT by_person AND NOT unreviewed)::float8 / nullif(count(*), 0) AS "自动定类率",
       (SELECT count(DISTINCT c.incident_id) FROM feedback.v_corrections c
        WHERE c.ce_type = 'hub.incident.recategorised.v1' AND $__timeFilter(c.recorded_at))::float8 / nullif(count(*), 0) AS "改类率",
       (SELECT count(*) FILTER (WHERE false_alarm_is)::float8 / nullif(count(*), 0) FROM feedback.v_measures
        WHERE false_alarm_of AND $__timeFilter(counted_at)) AS "摄像头误报率",
       (SELECT count(*) FILTER (WHERE unfounded_warning_is)::float8 / nullif(count(*), 0) FROM feedback.v_measures
        WHERE unfounded_warning_of AND $__timeFilter(counted_at)) AS "预警不实率"
FROM feedback.v_recognised
WHERE $__timeFilter(recorded_at);
