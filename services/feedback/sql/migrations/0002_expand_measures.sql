-- Every rate of the hub, in one place: of each, what counts (numerator) and among what (denominator).

CREATE VIEW v_measures AS
WITH judged AS (
    SELECT l.*,
        kind NOT IN ('request', 'warning') AS is_hazard,
        outcome IS NULL OR outcome NOT IN ('withdrawn', 'false_alarm', 'not_accepted', 'absorbed') AS is_valid,
        outcome IS DISTINCT FROM 'absorbed' AND source <> 'hub' AS is_reported,
        state = 'suspended' OR paused_by IS NOT NULL AS is_suspended,
        dispatched_at IS NOT NULL AS is_dispatched,
        coalesce(least(due_at, closed_at), opened_at) AS counted_at
    FROM v_ledger l
), due AS (
    SELECT j.*,
        is_valid AND NOT is_suspended AND is_dispatched AND (due_at <= now() OR disposed_at IS NOT NULL) AS disposal_due,
        is_valid AND NOT is_suspended AND is_dispatched AND (check_by <= now() OR closed_at IS NOT NULL) AS closing_due,
        is_valid AND NOT is_suspended AND is_hazard AND (due_at <= now() OR outcome = 'rectified') AS rectification_due,
        is_valid AND is_dispatched AND (accept_by <= now() AND paused_by IS NULL OR accepted_at IS NOT NULL) AS response_due
    FROM judged j
)
SELECT
    incident_id, opened_at, counted_at, street_code, community, grid, micro_grid, source, camera, category_code, category_name,
    scene, kind, severity, mode, state, is_suspended,
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
    rectification_due AND outcome IS NOT DISTINCT FROM 'rectified' AS rectification_is,
    rectification_due AS net_rectification_of,
    rectification_due AND outcome IS NOT DISTINCT FROM 'rectified' AND recurred_at IS NULL AS net_rectification_is,
    is_dispatched AS dispatch_accuracy_of,
    is_dispatched AND declines = 0 AS dispatch_accuracy_is,
    is_valid AND (is_dispatched OR opened_at + interval '15 minutes' <= now()) AS dispatch_on_time_of,
    is_valid AND dispatched_at <= opened_at + interval '15 minutes' AS dispatch_on_time_is,
    is_reported AS valid_report_of,
    is_reported AND is_valid AS valid_report_is,
    response_due AS response_of,
    response_due AND accepted_at <= accept_by AS response_is,
    solved IS NOT NULL AS solution_of,
    solved IS NOT NULL AND solved AS solution_is,
    satisfied IN ('满意', '基本满意', '不满意') AS satisfaction_of,
    satisfied IN ('满意', '基本满意') AS satisfaction_is,
    is_valid AND accepted_level IN ('micro_grid', 'grid') AS within_grid_of,
    is_valid AND accepted_level IN ('micro_grid', 'grid') AND closed_at IS NOT NULL
        AND level IN ('micro_grid', 'grid') AS within_grid_is,
    is_hazard AND outcome IS NOT DISTINCT FROM 'rectified' AS recurrence_of,
    is_hazard AND outcome IS NOT DISTINCT FROM 'rectified' AND recurred_at IS NOT NULL AS recurrence_is,
    is_valid AND is_dispatched AND severity = 'danger' AS one_minute_of,
    is_valid AND severity = 'danger' AND accepted_at <= dispatched_at + interval '1 minute' AS one_minute_is,
    is_valid AND is_dispatched AND severity = 'danger' AS three_minutes_of,
    is_valid AND severity = 'danger' AND arrived_at <= dispatched_at + interval '3 minutes' AS three_minutes_is,
    is_valid AND is_dispatched AND severity = 'danger' AS five_minutes_of,
    is_valid AND severity = 'danger' AND disposed_at <= dispatched_at + interval '5 minutes' AS five_minutes_is,
    source = 'camera' AND suspicion AND (outcome IS NOT NULL OR accepted_at IS NOT NULL) AS false_alarm_of,
    source = 'camera' AND suspicion AND outcome IS NOT DISTINCT FROM 'false_alarm' AS false_alarm_is,
    kind = 'warning' AND outcome IN ('looked_into', 'false_alarm') AS unfounded_warning_of,
    kind = 'warning' AND outcome IS NOT DISTINCT FROM 'false_alarm' AS unfounded_warning_is,
    accepted_at - dispatched_at AS to_accept,
    arrived_at - accepted_at AS to_arrive,
    disposed_at - arrived_at AS to_dispose,
    closed_at - disposed_at AS to_close
FROM due;
COMMENT ON VIEW v_measures IS 'An incident counts when it was due or done (counted_at), whichever came first. For each rate: <rate>_of says whether an incident is in its denominator, <rate>_is whether in its numerator.';
GRANT SELECT ON v_measures TO hub_dashboard;
