"""Words that mean nearly the same: what one writer says, the model knows from another.

A meaning stands among the pieces of a text as a character that nobody writes, so that it is
weighed and learned like any other piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.classification.domain.verdict import ModelError

SHIPPED = Path(__file__).parents[2] / "meanings.txt"
BITS = 21
"""Of a character in a key."""
FIRST = 0xE100
"""The character of the first meaning; it and those after it are for private use in Unicode."""
MOST = 0x1000
ROOM = 1 << BITS
LONGEST = 3
"""Characters in the longest word."""

Keys = NDArray[np.uint64]
Documents = NDArray[np.int64]


@dataclass(frozen=True)
class Meanings:
    """A table of words, sorted by `words` (keys of pieces), and the character each stands for."""

    words: Keys
    characters: Keys

    def of(self, documents: Documents, words: Keys) -> tuple[Documents, Keys]:
        """The meanings of the pieces of texts, each once a text: numbers of texts, and keys."""
        first = np.searchsorted(self.words, words)
        first[first == len(self.words)] = 0
        known = self.words[first] == words
        documents, first = documents[known], first[known]
        many = np.searchsorted(self.words, words[known], side="right") - first
        rank = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        found = self.characters[np.repeat(first, many) + rank].astype(np.int64)
        document, character = np.divmod(np.unique(np.repeat(documents, many) * ROOM + found), ROOM)
        return document, character.astype(np.uint64)


def is_meaning(keys: Keys) -> NDArray[np.bool_]:
    """Which keys stand for a meaning, and so for no words of the text itself."""
    return (keys >= FIRST) & (keys < FIRST + MOST)


NONE = Meanings(np.empty(0, np.uint64), np.empty(0, np.uint64))


def read_meanings(path: Path = SHIPPED) -> Meanings:
    """Read the table: a line a meaning, `name: word word`, a word of one to three characters.

    Raises ModelError with file and line.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    told = [(number, line) for number, line in enumerate(lines, 1) if line and line[0] != "#"]
    if len(told) > MOST:
        raise ModelError(f"{path.name} has more than {MOST} meanings")
    pairs = sorted(
        (_key(word), FIRST + place)
        for place, (number, line) in enumerate(told)
        for word in _words(line, f"{path.name}:{number}")
    )
    table = np.array(pairs, np.uint64).reshape(-1, 2)
    return Meanings(table[:, 0], table[:, 1])


def _words(line: str, place: str) -> Iterator[str]:
    name, colon, words = line.partition(": ")
    if not (name and colon and words.strip()):
        raise ModelError(f"{place}: write 'name: word word'")
    for word in dict.fromkeys(words.split()):
        if len(word) > LONGEST:
            raise ModelError(f"{place}: {word!r} has more than {LONGEST} characters")
        yield word.lower()


def _key(word: Sequence[str]) -> int:
    key = 0
    for character in word:
        key = key << BITS | ord(character)
    return key
