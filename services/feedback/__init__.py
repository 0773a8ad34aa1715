"""Feedback: the case and its clocks, the way back to the citizen, the ledger and the rate."""
