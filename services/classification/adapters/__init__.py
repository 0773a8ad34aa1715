"""What classification needs of the outside."""
