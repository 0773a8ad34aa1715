"""How long to wait before a process that ended is started again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BackOff:
    """Pauses in seconds: `first`, then `factor` times longer each, at most `longest`.

    A process that lived `healthy_after` seconds starts over with the first pause.
    """

    first: float = 0.1
    factor: float = 2.0
    longest: float = 15.0
    healthy_after: float = 10.0

    def failures(self, before: int, lived: float) -> int:
        """The deaths in a row, after one more that came `lived` seconds after its start."""
        return 1 if lived >= self.healthy_after else before + 1

    def pause(self, failures: int) -> float:
        """Seconds to wait after that many deaths in a row (1 and up)."""
        exponent = min(failures - 1, 64)
        return min(self.first * self.factor**exponent, self.longest)
