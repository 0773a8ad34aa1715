-- 今日（北京时间零点起）应整改的隐患里整改了多少，应处置的里按期处置了多少；分子分母一并给出。
SELECT count(*) FILTER (WHERE rectification_is)::float8 / nullif(count(*) FILTER (WHERE rectification_of), 0) AS "今日整改率",
       count(*) FILTER (WHERE disposal_on_time_is)::float8 / nullif(count(*) FILTER (WHERE disposal_on_time_of), 0) AS "今日按期处置率",
       count(*) FILTER (WHERE rectification_is) AS "已整改",
       count(*) FILTER (WHERE rectification_of) AS "应整改"
FROM feedback.v_measures
WHERE counted_at >= date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
  AND counted_at <= now()
  AND {scope};
