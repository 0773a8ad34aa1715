"""Classification: what it is, how bad it is, and whether it is known already."""
