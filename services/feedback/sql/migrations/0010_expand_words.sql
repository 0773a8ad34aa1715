-- What the remaining events are called, so that no road shows the type of an event as it is.

INSERT INTO word VALUES
    ('event', 'hub.case.reminded.v1', 48, '督办催办'), ('event', 'hub.worker.step.v1', 49, '人员操作'),
    ('event', 'hub.citizen.rated.v1', 50, '群众评价'), ('event', 'hub.risk.raised.v1', 51, '风险预警'),
    ('event', 'hub.hotspot.found.v1', 52, '热点聚集'), ('event', 'hub.mode.declared.v1', 53, '宣布应急模式'),
    ('event', 'hub.mode.ended.v1', 54, '结束应急模式'), ('event', 'hub.source.silenced.v1', 55, '来源失联'),
    ('event', 'hub.source.recovered.v1', 56, '来源恢复'), ('event', 'hub.ground.published.v1', 57, '发布网格底图')
ON CONFLICT (sort, value) DO NOTHING;
