"""Whoever listens and does not keep up is dropped, and told why."""

from services.feedback.adapters.news import LEAVING, QUEUE, SLOW, Listener
from services.feedback.ports import News


def test_who_keeps_up_hears_everything() -> None:
    listener = Listener()
    for number in range(QUEUE):
        listener.give(News(number, "case"))
    assert listener.last is None and listener.queue.qsize() == QUEUE


def test_who_does_not_is_dropped_with_a_reason_and_holds_no_memory() -> None:
    listener = Listener()
    for number in range(QUEUE + 50):
        listener.give(News(number, "case"))
    assert listener.last is SLOW and "太慢" in SLOW.data["reason"]
    assert listener.queue.qsize() == 1 and listener.queue.get_nowait() is SLOW


def test_when_the_service_stops_nothing_else_matters() -> None:
    listener = Listener()
    listener.give(News(1, "case"))
    listener.end(LEAVING)
    assert listener.queue.get_nowait() is LEAVING
