-- 整改率：所选时间内应整改的隐患里，有多少经核查通过、已整改结案（逾期后整改的也算）。
-- 应整改 = 处置时限已到的隐患，加上时限未到就已整改的；撤回和误报不算，求助咨询不算。
-- 净整改率再减去 30 天内在同一微网格、同一类别上复发的；它总与整改率并列，防止只看表面。
WITH due AS (
    SELECT *, CASE WHEN outcome = 'rectified' THEN least(due_at, closed_at) ELSE due_at END AS counted_at
    FROM feedback.v_ledger
    WHERE kind <> 'request' AND coalesce(outcome, '') NOT IN ('withdrawn', 'false_alarm')
      AND ('*' IN ($community) OR coalesce(community, '未定位') IN ($community))
), counted AS (
    SELECT outcome = 'rectified' IS TRUE AS rectified, on_time IS TRUE AS in_time, EXISTS (
        SELECT FROM feedback.v_ledger again
        WHERE again.kind = 'recurrence' AND again.micro_grid = due.micro_grid
          AND again.category_code = due.category_code AND again.incident_id <> due.incident_id
          AND again.opened_at > due.closed_at AND again.opened_at <= due.closed_at + interval '30 days'
    ) AS came_back
    FROM due WHERE $__timeFilter(counted_at) AND counted_at <= now()
)
SELECT count(*) FILTER (WHERE rectified)::float8 / nullif(count(*), 0) AS "整改率",
       count(*) FILTER (WHERE rectified AND NOT came_back)::float8 / nullif(count(*), 0) AS "净整改率",
       count(*) FILTER (WHERE rectified AND in_time)::float8 / nullif(count(*), 0) AS "按期整改率",
       count(*) FILTER (WHERE rectified) AS "已整改",
       count(*) AS "应整改"
FROM counted;
