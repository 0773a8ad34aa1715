-- 各来源的立案量：每个时间段里，由哪个来源的第一次反映立案的事件有多少。
SELECT date_bin($__interval_ms * interval '1 millisecond', opened_at, '2024-01-01 00:00+08') AS time,
       CASE source WHEN 'hotline_12345' THEN '12345 热线' WHEN 'camera' THEN '摄像头'
                   WHEN 'wechat_group' THEN '微信群' WHEN 'mini_program' THEN '小程序'
                   WHEN 'collector' THEN '网格员上报' WHEN 'register' THEN '值班登记'
                   WHEN 'public' THEN '公众' ELSE source END AS metric,
       count(*) AS value
FROM feedback.v_ledger
WHERE $__timeFilter(opened_at) AND ('*' IN ($community) OR coalesce(community, '未定位') IN ($community))
GROUP BY 1, 2 ORDER BY 1, 2;
