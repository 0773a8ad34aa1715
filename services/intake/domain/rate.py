"""The rate of a source: a bucket that fills by the minute; each message takes one token."""

from dataclasses import dataclass

from services.intake.domain.registered import Rate


@dataclass(slots=True)
class Bucket:
    """How many tokens were left, and when, in seconds of any one clock."""

    tokens: float
    at: float

    def take(self, rate: Rate, now: float) -> float:
        """Take a token: 0 if there was one, else the seconds until there is."""
        per_second = rate.per_minute / 60
        self.tokens = min(rate.burst, self.tokens + (now - self.at) * per_second)
        self.at = now
        if self.tokens < 1:
            return (1 - self.tokens) / per_second
        self.tokens -= 1
        return 0.0
