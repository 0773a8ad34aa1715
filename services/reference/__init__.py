"""What all must agree on, from versioned files: the ground, its places, the catalogue. Pure."""
