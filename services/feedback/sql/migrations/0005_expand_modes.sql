-- The emergency modes that pause routine work: one fact, read by whoever looks at a clock.

CREATE TABLE pausing_mode (
    mode_id text PRIMARY KEY,
    area text NOT NULL,
    trigger text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended_at timestamptz
);
COMMENT ON TABLE pausing_mode IS 'Modes that stop the clocks of routine work in their area. Cases hear of it in portions.';

CREATE INDEX ledger_paused ON ledger (paused_by) WHERE paused_by IS NOT NULL;
CREATE INDEX ledger_routine ON ledger (incident_id)
    WHERE closed_at IS NULL AND paused_by IS NULL AND supervised_at IS NULL AND severity IN ('low', 'medium');

-- Who waits to be dispatched, for the auditor: few, however many cases are open.
CREATE INDEX ledger_waiting ON ledger (opened_at) WHERE closed_at IS NULL AND state = 'pending_dispatch';
