-- 看板上方“社区”下拉框里的选项：台账里出现过的社区。
SELECT DISTINCT coalesce(community, '未定位') FROM feedback.v_ledger ORDER BY 1;
