"""One naming for one thing: ce_type ⇔ class ⇔ handler, and every event in one topic."""

import importlib
import re
from collections import Counter
from pathlib import Path

import pytest

from schemas.event import Event
from schemas.export import events
from schemas.flow import FLOW, Service, Topic, consumed_by
from schemas.golden import GOLDEN
from services.kernel.domain import Handlers

SERVICES = Path(__file__).parents[2] / "services"

IRREGULAR = {
    "StepReported": "hub.worker.step.v1",
}
"""Events whose ce_type does not follow from the class."""

EVENTS = [event for event, _ in events()]
TYPES = {event.ce_type for event in EVENTS}


def words(name: str) -> list[str]:
    """IncidentClassified → incident, classified."""
    return [word.lower() for word in re.findall(r"[A-Z][a-z0-9]*", name)]


def handlers_of(service: Service) -> Handlers:
    """The table of a service, from its handlers.py."""
    module = importlib.import_module(f"services.{service}.handlers")
    table: Handlers = module.handlers
    return table


def passing_by(service: Service) -> frozenset[type[Event]]:
    """What a service consumes and need not know of, as its main.py says."""
    module = importlib.import_module(f"services.{service}.main")
    found: frozenset[type[Event]] = getattr(module, "PASSES_BY", frozenset())
    return found


def reaching(service: Service) -> set[type[Event]]:
    """All events of the topics that a service consumes."""
    return {event for topic in consumed_by(service) for event in topic.events}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_a_ce_type_follows_from_its_class(event: type[Event]) -> None:
    name = event.__name__
    assert event.ce_type == IRREGULAR.get(name, ".".join(["hub", *words(name), "v1"]))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_an_event_says_what_it_is_about(event: type[Event]) -> None:
    assert event.about in event.model_fields
    assert event.__doc__


def test_every_event_travels_on_exactly_one_topic() -> None:
    assert [name for name, count in Counter(EVENTS).items() if count > 1] == []
    assert len(TYPES) == len(EVENTS)


def test_every_event_class_has_a_place_in_the_flow() -> None:
    """A class that no topic carries is dead, or was forgotten."""
    declared = {each for each in Event.__subclasses__() if each.__module__.startswith("schemas.")}
    leaves = {leaf for each in declared for leaf in (each.__subclasses__() or [each])}
    assert leaves == set(EVENTS)


def test_topics_have_names_of_their_own() -> None:
    names = [name for topic in FLOW for name in topic.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("topic", FLOW, ids=lambda topic: topic.name)
def test_a_topic_is_named_for_where_it_comes_from(topic: Topic) -> None:
    shape = r"hub\.[a-z]+\.v\d+" if topic.sequenced else r"(up|down)stream(\.[a-z]+)+"
    assert re.fullmatch(shape, topic.name)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.ce_type)
def test_every_event_has_golden_messages(event: type[Event]) -> None:
    assert (GOLDEN / f"{event.ce_type}.json").exists()


@pytest.mark.parametrize("service", Service)
def test_handlers_are_named_for_their_events(service: Service) -> None:
    for event, handler in handlers_of(service).table.items():
        assert handler.__name__ == "on_" + "_".join(words(event.__name__))
        assert handler.__doc__, f"{handler.__name__} has no docstring"


@pytest.mark.parametrize("service", Service)
def test_a_service_answers_only_what_reaches_it(service: Service) -> None:
    """Events of its own that never travel (timers, commands) aside."""
    answered = {event for event in handlers_of(service).table if event in EVENTS}
    assert answered <= reaching(service)


@pytest.mark.parametrize("service", Service)
def test_nothing_that_reaches_a_service_is_forgotten(service: Service) -> None:
    """It has a handler, or it changes a state, or the service says that it passes by."""
    passing = passing_by(service)
    assert passing <= reaching(service)
    assert passing.isdisjoint(handlers_of(service).table)
    rest = reaching(service) - passing - handlers_of(service).table.keys()
    rules = "".join(path.read_text("utf-8") for path in SERVICES.glob(f"{service}/domain/*.py"))
    assert {event.__name__ for event in rest} - set(re.findall(r"\w+", rules)) == set()
