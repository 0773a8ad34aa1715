"""What the hub costs: everything in one run, ratios first."""
