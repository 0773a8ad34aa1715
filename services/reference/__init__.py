"""What all must agree on, read from versioned files: the ground, its places, the catalogue. Pure."""
