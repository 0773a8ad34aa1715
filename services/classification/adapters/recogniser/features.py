"""Texts as sparse vectors: pieces of one to three characters, weighed by how rare they are,
and, if a table of them is given, the meanings of words.

Everything is done for a whole batch at once in numpy; no piece of a text is ever looked at by
interpreted code. The weighing is the usual TF-IDF with logarithmic counts and unit length.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from services.classification.adapters.recogniser import meanings
from services.classification.adapters.recogniser.meanings import Meanings

Keys = NDArray[np.uint64]
Floats = NDArray[np.float32]

BITS = np.uint64(21)
"""Of one character; three of them fit into a key of 64 bits, the last bit is the field."""
TITLE = np.uint64(1 << 63)
LONGEST = 2_000
"""Characters of a text that are read: what it is about is said by then."""
SEPARATOR = "\x00"


@dataclass(frozen=True)
class Vocabulary:
    """Which pieces count, and how much. `keys` are sorted; `weights` are their IDF."""

    keys: Keys
    weights: Floats
    longest: int
    """Characters in the longest piece: 1 to 3."""
    meanings: Meanings = meanings.NONE

    def __len__(self) -> int:
        """How many pieces there are."""
        return len(self.keys)

    def vectors(self, texts: Sequence[str], titles: Sequence[str] = ()) -> csr_array:
        """One row of unit length a text, one column a piece; shape (texts, pieces)."""
        documents, keys = _fields(texts, titles, self.longest, self.meanings)
        columns, known = self.columns(keys)
        return self._weigh(documents[known], columns[known], len(texts))

    def columns(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The column of each piece, and whether it is one: what is unknown has none."""
        columns = np.searchsorted(self.keys, keys)
        columns[columns == len(self.keys)] = 0
        return columns, self.keys[columns] == keys

    def _weigh(
        self, documents: NDArray[np.int64], columns: NDArray[np.int64], rows: int
    ) -> csr_array:
        cells, counts = np.unique(documents * len(self.keys) + columns, return_counts=True)
        row, column = np.divmod(cells, len(self.keys))
        values = (1.0 + np.log(counts)) * self.weights[column]
        lengths = np.sqrt(np.bincount(row, values * values, minlength=rows))
        values /= np.maximum(lengths[row], 1e-9)
        starts = np.searchsorted(row, np.arange(rows + 1))
        shape = (rows, len(self.keys))
        return csr_array((values.astype(np.float32), column, starts), shape=shape)


def clean(text: str) -> str:
    """One way of writing: half width, lower case, nothing that separates documents."""
    return unicodedata.normalize("NFKC", text[:LONGEST]).lower().replace(SEPARATOR, " ")


def pieces(texts: Sequence[str], longest: int) -> tuple[NDArray[np.int64], Keys]:
    """All pieces of all texts: the number of the text of each, and its key."""
    whole = SEPARATOR.join(map(clean, texts))
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    document = np.cumsum(codes == 0)
    inside = codes != 0
    documents, keys = [document[inside]], [codes[inside]]
    key = codes
    for length in range(2, longest + 1):
        key = (key[:-1] << BITS) | codes[length - 1 :]
        inside = inside[:-1] & (codes[length - 1 :] != 0)
        documents.append(document[: len(inside)][inside])
        keys.append(key[inside])
    return np.concatenate(documents), np.concatenate(keys)


def _fields(
    texts: Sequence[str], titles: Sequence[str], longest: int, table: Meanings
) -> tuple[NDArray[np.int64], Keys]:
    """The pieces of texts, and as fields of their own those of their titles, and the meanings."""
    documents, keys = pieces(texts, max(longest, meanings.LONGEST if len(table.words) else 1))
    brief = keys < (1 << int(BITS) * longest)
    fields = [(documents[brief], keys[brief])]
    if titles:
        of_titles, title_keys = pieces(titles, longest)
        fields.append((of_titles, title_keys | TITLE))
    if len(table.words):
        fields.append(table.of(documents, keys))
    told, found = zip(*fields, strict=True)
    return np.concatenate(told), np.concatenate(found)


def learn(
    texts: Sequence[str],
    titles: Sequence[str] = (),
    *,
    longest: int,
    least: int = 2,
    table: Meanings = meanings.NONE,
) -> Vocabulary:
    """The pieces that occur in at least `least` texts, with their IDF."""
    documents, keys = _fields(texts, titles, longest, table)
    once = np.unique(np.stack([keys, documents.astype(np.uint64)]), axis=1)
    found, counts = np.unique(once[0], return_counts=True)
    kept = counts >= least
    idf = np.log((1.0 + len(texts)) / (1.0 + counts[kept])) + 1.0
    return Vocabulary(found[kept], idf.astype(np.float32), longest, table)


def leaning(vocabulary: Vocabulary, vectors: csr_array, target: NDArray[np.int64]) -> Vocabulary:
    """The vocabulary, each piece weighed by how far it leans to one of the answers.

    That is the largest logarithm of a ratio of shares, as in Wang and Manning 2012: the share
    among the texts of an answer by the share among all others. `target` is the answer's number.
    """
    answers = int(target.max()) + 1
    of_answer = csr_array(
        (np.ones(len(target), np.float32), (target, np.arange(len(target)))),
        shape=(answers, len(target)),
    )
    counts = (of_answer @ (vectors > 0).astype(np.float32)).toarray()
    here, elsewhere = counts + 1.0, counts.sum(axis=0) - counts + 1.0
    ratio = np.log(here / here.sum(axis=1, keepdims=True))
    ratio -= np.log(elsewhere / elsewhere.sum(axis=1, keepdims=True))
    lean = np.abs(ratio).max(axis=0)
    return replace(vocabulary, weights=(vocabulary.weights * lean / lean.mean()).astype(np.float32))


def written(key: int) -> str:
    """The characters of a key."""
    key &= ~(1 << 63)
    characters = []
    while key:
        characters.append(chr(key & 0x1FFFFF))
        key >>= 21
    return "".join(reversed(characters))


def unknown_share(vocabulary: Vocabulary, texts: Sequence[str]) -> float:
    """The share of pieces, from 0 to 1, that a vocabulary has never met."""
    _, keys = pieces(texts, vocabulary.longest)
    _, known = vocabulary.columns(keys)
    return float(1.0 - known.mean()) if len(keys) else 0.0
