-- Every rate of the hub, in one place: of each, what counts (numerator) and among what (denominator).

CREATE TABLE rating (
    thread text PRIMARY KEY,
    incident_id text NOT NULL,
    solved boolean,
    satisfied text NOT NULL,
    rated_at timestamptz NOT NULL
);
CREATE INDEX rating_incident ON rating (incident_id);
COMMENT ON TABLE rating IS 'What each citizen said last at the call-back: every voice of an incident is asked for itself.';

CREATE VIEW v_archived_ratings AS
SELECT DISTINCT ON (payload->>'thread') payload->>'thread' AS thread, incident_id, (payload->>'solved')::boolean AS solved,
       coalesce(payload->>'satisfied', '') AS satisfied, (payload->>'at')::timestamptz AS rated_at
FROM archive WHERE ce_type = 'hub.case.rated.v1' ORDER BY payload->>'thread', id DESC;
COMMENT ON VIEW v_archived_ratings IS 'The same, as the archive tells it.';

CREATE TABLE satisfaction (
    satisfied text PRIMARY KEY,
    weight numeric NOT NULL CHECK (weight BETWEEN 0 AND 1)
);
COMMENT ON TABLE satisfaction IS 'The valid ratings, and how much of one is satisfied. What is not here (无法判断) is no valid rating. Local rules weigh them otherwise.';
INSERT INTO satisfaction VALUES ('满意', 1), ('基本满意', 1), ('不满意', 0);

CREATE VIEW v_ratings AS
SELECT incident_id, count(solved) AS callbacks, count(*) FILTER (WHERE solved) AS solved,
       count(s.weight) AS ratings, coalesce(sum(s.weight), 0)::float8 AS satisfied
FROM rating LEFT JOIN satisfaction s USING (satisfied) GROUP BY incident_id;
COMMENT ON VIEW v_ratings IS 'The call-backs of an incident, over all of its voices.';

CREATE INDEX ledger_counted ON ledger USING brin (coalesce(least(due_at, closed_at), opened_at) timestamptz_minmax_multi_ops)
    WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON INDEX ledger_counted IS 'A month of a long ledger. BRIN, so that a case that moves on need not be indexed anew.';

CREATE VIEW v_measures AS
SELECT
    incident_id, opened_at, coalesce(least(due_at, closed_at), opened_at) AS counted_at,
    left(coalesce(community, ''), 9) AS street_code, community, grid, micro_grid, source, camera, category_code,
    category_name, scene, kind, severity, mode, state, is_suspended,
    disposal_due AS disposal_of,
    disposal_due AND disposed_at IS NOT NULL AS disposal_is,
    disposal_due AND NOT (excused AND (disposed_at IS NULL OR disposed_at > due_at)) AS disposal_on_time_of,
    disposal_due AND disposed_at <= due_at AS disposal_on_time_is,
    closing_due AS closing_of,
    closing_due AND closed_at IS NOT NULL AS closing_is,
    closing_due AND NOT (excused AND (closed_at IS NULL OR closed_at > check_by)) AS closing_on_time_of,
    closing_due AND closed_at <= check_by AS closing_on_time_is,
    is_valid AND disposed_at IS NOT NULL AS rework_of,
    is_valid AND disposed_at IS NOT NULL AND rework > 0 AS rework_is,
    rectification_due AS rectification_of,
    rectification_due AND is_rectified AS rectification_is,
    rectification_due AS net_rectification_of,
    rectification_due AND is_rectified AND recurred_at IS NULL AND reopened = 0 AS net_rectification_is,
    is_dispatched AS dispatch_accuracy_of,
    is_dispatched AND declines = 0 AS dispatch_accuracy_is,
    is_valid AND (is_dispatched OR opened_at + interval '15 minutes' <= now()) AS dispatch_on_time_of,
    is_valid AND dispatched_at <= opened_at + interval '15 minutes' AS dispatch_on_time_is,
    is_reported AS valid_report_of,
    is_reported AND is_valid AS valid_report_is,
    response_due AND NOT (excused AND (accepted_at IS NULL OR accepted_at > accept_by)) AS response_of,
    response_due AND accepted_at <= accept_by AS response_is,
    coalesce(r.callbacks, 0) AS solution_of,
    coalesce(r.solved, 0) AS solution_is,
    coalesce(r.ratings, 0) AS satisfaction_of,
    coalesce(r.satisfied, 0) AS satisfaction_is,
    is_within_grid AS within_grid_of,
    is_within_grid AND closed_at IS NOT NULL AND level IN ('micro_grid', 'grid') AS within_grid_is,
    is_hazard AND is_rectified AS recurrence_of,
    is_hazard AND is_rectified AND recurred_at IS NOT NULL AS recurrence_is,
    is_urgent AS one_minute_of,
    is_urgent AND accepted_at <= dispatched_at + interval '1 minute' AS one_minute_is,
    is_urgent AS three_minutes_of,
    is_urgent AND arrived_at <= dispatched_at + interval '3 minutes' AS three_minutes_is,
    is_urgent AS five_minutes_of,
    is_urgent AND disposed_at <= dispatched_at + interval '5 minutes' AS five_minutes_is,
    is_screened AS false_alarm_of,
    is_screened AND outcome IS NOT DISTINCT FROM 'false_alarm' AS false_alarm_is,
    kind = 'warning' AND outcome IN ('looked_into', 'false_alarm') AS unfounded_warning_of,
    kind = 'warning' AND outcome IS NOT DISTINCT FROM 'false_alarm' AS unfounded_warning_is,
    date_part('epoch', accepted_at - dispatched_at) AS to_accept,
    date_part('epoch', arrived_at - accepted_at) AS to_arrive,
    date_part('epoch', disposed_at - arrived_at) AS to_dispose,
    date_part('epoch', closed_at - disposed_at) AS to_close
FROM ledger LEFT JOIN v_ratings r USING (incident_id),
LATERAL (
    SELECT kind NOT IN ('request', 'warning', 'maintenance') AS is_hazard,
        outcome IS NULL OR outcome NOT IN ('withdrawn', 'false_alarm', 'not_accepted', 'absorbed') AS is_valid,
        outcome IS DISTINCT FROM 'absorbed' AND source <> 'hub' AS is_reported,
        outcome IS NOT DISTINCT FROM 'rectified' AS is_rectified,
        source = 'camera' AND suspicion AND (outcome IS NOT NULL OR accepted_at IS NOT NULL) AS is_screened,
        state = 'suspended' OR paused_by IS NOT NULL AS is_suspended,
        dispatched_at IS NOT NULL AS is_dispatched
    OFFSET 0
) AS judged,
LATERAL (
    SELECT is_due AND is_dispatched AND (due_at <= now() OR disposed_at IS NOT NULL) AS disposal_due,
        is_due AND is_dispatched AND (check_by <= now() OR closed_at IS NOT NULL) AS closing_due,
        is_due AND is_hazard AND (due_at <= now() OR is_rectified) AS rectification_due,
        is_valid AND is_dispatched AND (accept_by <= now() AND paused_by IS NULL OR accepted_at IS NOT NULL) AS response_due,
        is_valid AND is_dispatched AND severity = 'danger' AS is_urgent,
        is_valid AND accepted_level IN ('micro_grid', 'grid') AS is_within_grid
    FROM (SELECT is_valid AND NOT is_suspended AS is_due) AS counted
    OFFSET 0
) AS due;
COMMENT ON VIEW v_measures IS 'OFFSET 0 lets PostgreSQL judge an incident once and not for each rate. An incident counts when it was due or done (counted_at), whichever came first. For each rate: <rate>_of says whether an incident is in its denominator, <rate>_is whether in its numerator; of call-backs (solution, satisfaction), how many of its voices are. Stages in seconds.';
GRANT SELECT ON v_measures TO hub_dashboard;
