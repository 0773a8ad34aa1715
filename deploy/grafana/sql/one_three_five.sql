-- 1-3-5：危及生命的事件派单后，1 分钟内接单、3 分钟内到场、5 分钟内处置的比率，和一共多少件。
SELECT count(*) FILTER (WHERE one_minute_is)::float8 / nullif(count(*), 0) AS "1 分钟接单",
       count(*) FILTER (WHERE three_minutes_is)::float8 / nullif(count(*), 0) AS "3 分钟到场",
       count(*) FILTER (WHERE five_minutes_is)::float8 / nullif(count(*), 0) AS "5 分钟处置",
       count(*) AS "件数"
FROM feedback.v_measures
WHERE one_minute_of AND $__timeFilter(counted_at)
  AND {scope};
