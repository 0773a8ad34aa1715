"""What feedback needs of the outside."""
