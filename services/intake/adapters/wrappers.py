"""What senders put around their reports: `data`, `body`, a list where one object is expected."""

from collections.abc import Set as AbstractSet
from typing import Any

from services.kernel.errors import Unprocessable

LISTED = "list"
"""The name of a list that stands where an object should."""
WRAPPERS = (LISTED, "data", "body", "payload", "params", "result", "rows", "records", "items")
DEEPEST_WRAPPER = 3
MOST_AT_ONCE = 500


def objects_in(content: Any, known: AbstractSet[str] = frozenset()) -> list[dict[str, Any]]:
    """The objects of a body: itself if it has a field that is `known`, a list, or what is wrapped.

    Raises Unprocessable for what is no object, for an empty list, and for more than 500.
    """
    if isinstance(content, dict) and not known.isdisjoint(content):
        return [content]
    for _ in range(DEEPEST_WRAPPER):
        if not isinstance(content, dict) or not known.isdisjoint(content):
            break
        wrapped = (content[each] for each in WRAPPERS if each in content)
        inner = next((each for each in wrapped if isinstance(each, dict | list)), None)
        if inner is None:
            break
        content = inner
    listed = content if isinstance(content, list) else [content]
    if not all(isinstance(each, dict) for each in listed):
        raise Unprocessable("正文应为一个 JSON 对象，或对象的列表")
    if not 0 < len(listed) <= MOST_AT_ONCE:
        raise Unprocessable(f"列表中应有 1 到 {MOST_AT_ONCE} 个对象")
    return listed
