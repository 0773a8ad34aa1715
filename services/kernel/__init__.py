"""How anything travels: batches, inbox, outbox, timers, dead letters. It knows no incidents."""
