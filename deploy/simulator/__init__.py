"""The simulator: real input put on the upstream topics, a street that lives, people who act."""
