-- 各社区的整改率：所选时间内应整改的隐患，按社区分开；同时给出分子和分母，不为排名。
-- 没有定位到社区的归入“未定位”。
WITH due AS (
    SELECT coalesce(community, '未定位') AS community, outcome, rework,
           CASE WHEN outcome = 'rectified' THEN least(due_at, closed_at) ELSE due_at END AS counted_at
    FROM feedback.v_ledger
    WHERE kind <> 'request' AND coalesce(outcome, '') NOT IN ('withdrawn', 'false_alarm')
      AND ('*' IN ($community) OR coalesce(community, '未定位') IN ($community))
)
SELECT community AS "社区",
       count(*) FILTER (WHERE outcome = 'rectified')::float8 / count(*) AS "整改率",
       count(*) FILTER (WHERE outcome = 'rectified') AS "已整改",
       count(*) AS "应整改",
       sum(rework)::bigint AS "返工次数"
FROM due WHERE $__timeFilter(counted_at) AND counted_at <= now()
GROUP BY 1 ORDER BY 1;
