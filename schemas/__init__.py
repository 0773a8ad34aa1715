"""What travels between the services: the only thing that they share."""
