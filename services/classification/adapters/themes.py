"""Which texts speak of one theme: TF-IDF over pieces of headline and body, and average linkage.

Place names and themes need no list: what few others say (丽发新城, 搅拌站, 购房补贴) weighs most.
"""

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, triu

from services.classification.adapters.recogniser.features import Floats, pieces
from services.classification.domain.linkage import Edge, average_linkage

Integers = NDArray[np.int64]

HASH_BITS = 23
SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Multiplies a piece's key so that its upper bits are spread (Fibonacci hashing)."""
READ = 600
"""Characters of a text that are read: what it is about is said by then."""
THRESHOLD = 0.12
"""Mean likeness from which groups join; figures in the README."""
FLOOR = 0.05
"""Likeness below which two texts have nothing in common."""
NEIGHBOURS = 60
"""Of those who come later, the most alike that a text is linked to."""
HEADLINE = 30
"""Characters that are read as the headline where a text has no line of its own for it."""
HEADLINE_WEIGHT = 0.6
LONGEST = 3
"""Characters of a piece."""
MOST_COMMON = 0.03
"""A piece in more than this share of the texts tells nothing; nor one in more than MOST_TEXTS."""
MOST_TEXTS = 2_000
HEAVIEST = 60
"""Pieces of a text that count: those that weigh most."""
ROWS = 1_000
"""Texts compared at once with all others, so that memory stays small."""
FILLERS = re.compile(
    r"尊敬的|您好|你好|领导|书记|[A-Za-z]\d*[市区县]|西地省|请问|咨询|反映|投诉|关于|的问题|建议|强烈|恳请"
)
"""What people write whatever the matter is, and towns and districts, which all share."""


def themes(
    texts: Sequence[str], progress: Callable[[float], None] = lambda done: None
) -> list[int]:
    """The theme of each text: the number of the first text that speaks of it.

    A text that begins with a short line has that as its headline.
    """
    if len(texts) < 2:
        return list(range(len(texts)))
    whole = [FILLERS.sub(" ", each) for each in texts]
    headlines = _vectors([_headline(each) for each in whole], 0)
    bodies = _vectors(whole, HEAVIEST)
    return average_linkage(len(texts), _edges(headlines, bodies, progress), THRESHOLD)


def _headline(text: str) -> str:
    line = text.lstrip().partition("\n")[0]
    return line if len(line) <= 2 * HEADLINE else line[:HEADLINE]


def _vectors(texts: Sequence[str], heaviest: int) -> csr_array:
    """One row of unit length a text, of its heaviest pieces that are not common to many.

    Pieces are hashed, and read twice (how many texts have each, then the rows), portion by
    portion: no list of all pieces of all texts is ever made.
    """
    shared = np.zeros(1 << HASH_BITS, np.int32)
    for _, buckets, _ in _counted(texts):
        shared += np.bincount(buckets, minlength=len(shared)).astype(np.int32)
    most = min(max(MOST_COMMON * len(texts), 3), MOST_TEXTS)
    telling = (shared >= 2) & (shared <= most)
    weights = np.where(telling, np.log((1.0 + len(texts)) / (1.0 + shared)) + 1.0, 0.0)
    columns = np.cumsum(telling, dtype=np.int32) - 1
    rows = [
        _rows(row, buckets, counts, weights.astype(np.float32), heaviest)
        for row, buckets, counts in _counted(texts)
    ]
    row, bucket, value = (np.concatenate(each) for each in zip(*rows, strict=True))
    starts = np.searchsorted(row, np.arange(len(texts) + 1))
    shape = (len(texts), int(telling.sum()))
    vectors = csr_array((value, columns[bucket], starts), shape=shape)
    lengths = np.sqrt(np.bincount(row, value * value, minlength=len(texts)))
    return csr_array(diags_array(1.0 / np.maximum(lengths, 1e-9)).astype(np.float32) @ vectors)


def _counted(texts: Sequence[str]) -> Iterator[tuple[Integers, Integers, Integers]]:
    """Portion by portion: the number of the text, the hashed piece, how often it stands there."""
    for start in range(0, len(texts), ROWS):
        documents, keys = pieces([each[:READ] for each in texts[start : start + ROWS]], LONGEST)
        hashed = (keys * SPREAD) >> np.uint64(64 - HASH_BITS)
        cells = (documents.astype(np.uint64) << np.uint64(HASH_BITS)) | hashed
        found, counts = np.unique(cells, return_counts=True)
        buckets = (found & np.uint64((1 << HASH_BITS) - 1)).astype(np.int64)
        yield (found >> np.uint64(HASH_BITS)).astype(np.int64) + start, buckets, counts


def _rows(
    row: Integers, buckets: Integers, counts: Integers, weights: Floats, heaviest: int
) -> tuple[Integers, Integers, Floats]:
    """The pieces that count, of each text at most so many (0: all), with their weight."""
    value = (1.0 + np.log(counts)).astype(np.float32) * weights[buckets]
    kept = np.flatnonzero(value)
    if heaviest:
        kept = kept[np.lexsort((-value[kept], row[kept]))]
        rank = np.arange(len(kept)) - np.searchsorted(row[kept], row[kept])
        kept = kept[rank < heaviest]
    return row[kept], buckets[kept], value[kept]


def _edges(
    headlines: csr_array, bodies: csr_array, progress: Callable[[float], None]
) -> Iterator[Edge]:
    of_headlines, of_bodies = headlines.T.tocsr(), bodies.T.tocsr()
    for start in range(0, headlines.shape[0], ROWS):
        rows = slice(start, start + ROWS)
        likeness = HEADLINE_WEIGHT * (headlines[rows] @ of_headlines)
        likeness = likeness + (1.0 - HEADLINE_WEIGHT) * (bodies[rows] @ of_bodies)
        found = triu(likeness, k=start + 1, format="coo")
        kept = np.flatnonzero(found.data >= FLOOR)
        kept = kept[np.lexsort((-found.data[kept], found.row[kept]))]
        rank = np.arange(len(kept)) - np.searchsorted(found.row[kept], found.row[kept])
        kept = kept[rank < NEIGHBOURS]
        one, other = found.row[kept] + start, found.col[kept]
        yield from zip(one.tolist(), other.tolist(), found.data[kept].tolist(), strict=True)
        progress(min(start + ROWS, headlines.shape[0]))
