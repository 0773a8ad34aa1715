"""What all must agree on, read from versioned files: the ground and the catalogue. Pure."""
