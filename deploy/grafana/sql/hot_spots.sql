-- 所选时间内发现的热点：许多人说的、反复发生的、持续数周的同一主题。
SELECT recorded_at AS "发现时间", CASE sort WHEN 'voices' THEN '多人反映' WHEN 'recurrences' THEN '反复发生' ELSE '持续主题' END AS "性质",
       theme AS "主题", voices AS "反映数", community AS "社区", since AS "自何时"
FROM feedback.v_hot_spots
WHERE $__timeFilter(recorded_at)
ORDER BY recorded_at DESC LIMIT 50;
