-- 此刻未结的事件：总数、其中危及生命的、其中处置时限已过的（挂账的除外）。不受所选时间影响。
SELECT count(*) AS "未结",
       count(*) FILTER (WHERE severity = 'danger') AS "危及生命",
       count(*) FILTER (WHERE due_at < now() AND state <> 'suspended') AS "超时未结"
FROM feedback.v_ledger
WHERE state <> 'closed'
  AND {scope};
