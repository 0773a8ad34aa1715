"""What can go wrong while input is read or sent; every message is one sentence for a person."""

from services.kernel.errors import HubError


class SimulatorError(HubError):
    """The input, or the hub, is not as it must be; the message says what to do."""
