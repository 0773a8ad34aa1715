"""What can be wrong with a ground, in a sentence that says what to do."""


class GroundError(Exception):
    """A ground can not be used; the message names the file and what to do."""
