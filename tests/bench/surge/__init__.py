"""A simulated day of one street under load: what each way of dispatching makes of it."""
