-- What the auditor looks through: open cases alone, however long the ledger is.
CREATE INDEX ledger_open ON ledger (incident_id) WHERE closed_at IS NULL;
