"""The clear text of a report (原文): kept once, sealed, and opened only for a reason."""

from dataclasses import dataclass, field

import orjson


@dataclass(slots=True)
class Clear:
    """What a source said, word for word. None of it shows in a `repr`.

    One is made for each report: it is not frozen, which would take four times as long.

    `pictures` are the addresses of pictures: they are personal data too. Of a `confidential`
    ticket (保密件) nobody but an authorised role learns who called.
    """

    title: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    account: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    pictures: tuple[str, ...] = field(default=(), repr=False)
    confidential: bool = False

    @property
    def is_worth_keeping(self) -> bool:
        """Whether a person may be in it: the alarm of a camera without pictures names none."""
        return any((self.name, self.phone, self.account, self.address, self.pictures, self.text))

    def packed(self) -> bytes:
        """As bytes, to be sealed."""
        return orjson.dumps(self)


def unpacked(content: bytes) -> Clear:
    """The clear text from its bytes."""
    found = orjson.loads(content)
    return Clear(**{**found, "pictures": tuple(found.get("pictures", ()))})
