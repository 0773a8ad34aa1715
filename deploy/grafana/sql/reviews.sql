-- 复核：所选时间内请人看的反映，最近的在前：最像什么、几分把握、等了多久、答复了没有；最多 50 件。
SELECT asked_at AS "何时问", feedback.said('source', source) AS "来源", likeliest AS "最像", confidence AS "把握",
       CASE WHEN answered_at IS NOT NULL THEN '已答复' WHEN expires_at < now() THEN '过时无人答' ELSE '等人看' END AS "现状",
       extract(epoch FROM coalesce(answered_at, least(expires_at, now())) - asked_at)::float8 AS "等了"
FROM feedback.v_reviews
WHERE $__timeFilter(asked_at)
ORDER BY asked_at DESC LIMIT 50;
