"""What can go wrong, in the four ways that the kernel treats differently."""


class HubError(Exception):
    """The base of all errors that the hub raises on purpose."""


class Unprocessable(HubError):
    """It will never work, however often it is tried: it goes to the dead letters."""


class NotYet(HubError):
    """Its predecessor has not come: it is parked, with all that follows it."""


class Unavailable(HubError):
    """Something outside does not answer: back off and come again."""
