"""What must be secret: passwords and keys as files, and Kafka's certificates, logins and ACLs."""
