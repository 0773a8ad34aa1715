"""Dispatch: the right person, the right deadline, the right kind of handling."""
