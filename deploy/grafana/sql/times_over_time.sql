-- 各环节要多久：接单、到场、处置、核查的中位数，按所选周期（北京时间）。
SELECT date_trunc('$period', counted_at AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai' AS time,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY to_accept) AS "派单到接单",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY to_arrive) AS "接单到到场",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY to_dispose) AS "到场到处置",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY to_close) AS "处置到结案"
FROM feedback.v_measures
WHERE dispatch_accuracy_of AND $__timeFilter(counted_at)
  AND {scope}
GROUP BY 1 ORDER BY 1;
