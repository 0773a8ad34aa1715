-- 此刻负荷最重的岗位（层级和它管的区域，不到个人）：未结多少、其中超时多少；最多 50 个。
SELECT feedback.said('level', level) AS "层级",
       CASE level WHEN 'micro_grid' THEN coalesce(micro_grid, '未定位') WHEN 'grid' THEN coalesce(grid, '未定位')
                  WHEN 'community' THEN coalesce(community, '未定位') ELSE coalesce(left(community, 9), '未定位') END AS "区域",
       count(*) AS "未结", count(*) FILTER (WHERE severity = 'danger') AS "危及生命",
       count(*) FILTER (WHERE due_at < now() AND state <> 'suspended') AS "超时", sum(rounds - 1) AS "改派次数"
FROM feedback.v_ledger
WHERE state <> 'closed' AND level IS NOT NULL
  AND {scope}
GROUP BY level, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50;
