"""Deadlines by rule (时限规则): how long each stage may take, in which unit."""
