-- 这件事现在怎样：类别、严重程度、状态、在哪一级、各环节的时刻和时限。
SELECT incident_id AS "事件", category_name AS "类别", severity_name AS "严重程度", state_name AS "状态", mode AS "办理方式",
       feedback.said('level', level) AS "在哪一级", coalesce(micro_grid, grid, community, '未定位') AS "区域",
       opened_at AS "立案", dispatched_at AS "派单", accepted_at AS "接单", arrived_at AS "到场", disposed_at AS "处置完成",
       closed_at AS "结案", due_at AS "处置时限", feedback.said('outcome', outcome) AS "结果"
FROM feedback.v_ledger
WHERE incident_id = ${incident:sqlstring};
