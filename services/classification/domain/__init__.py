"""The rules of classification: pure."""
