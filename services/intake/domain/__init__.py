"""The rules of intake: pure, without clock, network or log."""
