"""What intake refuses over HTTP, beside what any service does; each is counted by its source."""

from fastapi import Request

from services.hosting import problems
from services.hosting.problems import Refusal, described
from services.intake import metrics
from services.intake.ports import BadField

__all__ = ["PROBLEMS", "ProblemRoute", "Refusal"]

TITLES = {
    **problems.TITLES,
    "source": "来源未登记",
    "key": "密钥不正确",
    "signature": "签名不正确",
    "replay": "重复使用的签名",
    "rate": "上报过于频繁",
    "media": "不支持的格式",
}
PROBLEMS = described(
    {
        400: "the request can not be read",
        401: "not proven to be the source",
        403: "not open: no key is configured",
        404: "not there",
        405: "not this method",
        409: "a signature that was used before",
        413: "too large",
        415: "a media type that is not read",
        422: "a field can not be used",
        429: "too many; Retry-After says when",
        503: "come again; Retry-After says when",
    }
)


class ProblemRoute(problems.ProblemRoute):
    """A route of intake."""

    titles = TITLES

    def meant(self, error: Exception) -> Refusal | None:
        """What an error means over HTTP."""
        if isinstance(error, BadField):
            return Refusal(422, "field", error.field, error.why)
        return super().meant(error)

    def observe(self, request: Request, refusal: Refusal) -> None:
        """Count it by its source and kind."""
        source = getattr(request.state, "source", "unknown")
        metrics.REFUSALS.labels(source, refusal.kind).inc()
