"""The one-command stack: real Kafka, real PostgreSQL and the services, without Docker."""
