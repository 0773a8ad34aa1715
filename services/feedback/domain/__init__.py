"""The rules of feedback: pure."""
