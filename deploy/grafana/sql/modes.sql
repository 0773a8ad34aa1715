-- 正在生效的应急状态（平战转换）：在哪里、几级、为什么、何时到期。没有就是平时。
SELECT mode_id AS "编号", area AS "范围", feedback.said('alertness', level) AS "级别", reason AS "因由",
       declared_at AS "宣布时间", expires_at AS "到期时间"
FROM feedback.v_modes
WHERE ended_at IS NULL AND expires_at > now()
ORDER BY declared_at DESC;
