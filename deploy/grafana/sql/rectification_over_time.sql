-- 整改率随时间的变化：隐患记在它应整改的那一刻（时限到了，或更早就已整改）所在的时间段里。
-- 没有应整改隐患的时间段不画点。
WITH due AS (
    SELECT outcome, CASE WHEN outcome = 'rectified' THEN least(due_at, closed_at) ELSE due_at END AS counted_at
    FROM feedback.v_ledger
    WHERE kind <> 'request' AND coalesce(outcome, '') NOT IN ('withdrawn', 'false_alarm')
      AND ('*' IN ($community) OR coalesce(community, '未定位') IN ($community))
)
SELECT date_bin($__interval_ms * interval '1 millisecond', counted_at, '2024-01-01 00:00+08') AS time,
       count(*) FILTER (WHERE outcome = 'rectified')::float8 / count(*) AS "整改率",
       count(*) FILTER (WHERE outcome = 'rectified') AS "已整改",
       count(*) AS "应整改"
FROM due WHERE $__timeFilter(counted_at) AND counted_at <= now()
GROUP BY 1 ORDER BY 1;
