"""Whether what is set can be used at all: else no answer of a server would mean much."""

from collections.abc import Callable

from services.classification.settings import ClassificationSettings
from services.cli.checks import Check, ok, wrong
from services.dispatch.settings import DispatchSettings
from services.feedback.settings import FeedbackSettings
from services.hosting.kafka import client_login
from services.hosting.settings import WrongSettings
from services.hosting.topics import TopicSettings
from services.intake.settings import IntakeSettings

SETTINGS: tuple[Callable[[], object], ...] = (
    client_login,
    TopicSettings,
    IntakeSettings,
    ClassificationSettings,
    DispatchSettings,
    FeedbackSettings,
)


def settings_check() -> Check:
    """Every variable of this environment that the services would refuse."""
    refused = list(filter(None, map(_refused, SETTINGS)))
    if refused:
        advice = "correct it where it is set; compose: deploy/.env, Kubernetes: the ConfigMap"
        return wrong("settings", "; ".join(dict.fromkeys(refused)), advice)
    return ok("settings", "each variable that is set can be used")


def _refused(read: Callable[[], object]) -> str:
    try:
        read()
    except WrongSettings as error:
        return str(error)
    return ""
