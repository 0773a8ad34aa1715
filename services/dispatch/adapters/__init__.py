"""What dispatch needs of the outside."""
