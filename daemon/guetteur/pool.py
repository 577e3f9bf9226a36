"""Work on long input in several processes, chunk by chunk, answers in the order asked."""

from __future__ import annotations

import multiprocessing
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")
Answer = TypeVar("Answer")

CHUNK_ITEMS = 500
_WAITING_CHUNKS = 16
"""Chunks in flight a worker: enough to keep it busy, few enough to bound memory on endless input."""


def in_chunks(
    items: Iterable[Item], work: Callable[[list[Item]], Answer], *, start: Callable[[], None], workers: int
) -> Iterator[Answer]:
    """Yield ``work(chunk)`` for each chunk of ``items``, in order.

    ``start`` is called once in each process before its first chunk; both it and ``work`` must be importable by name
    (or a partial of such a function), since workers are started afresh. One worker means this very process.
    """
    chunks = _chunks(items)
    if workers <= 1:
        start()
        yield from map(work, chunks)
        return
    with multiprocessing.get_context("spawn").Pool(workers, initializer=start) as pool:
        waiting = []
        for chunk in chunks:
            waiting.append(pool.apply_async(work, (chunk,)))
            if len(waiting) >= workers * _WAITING_CHUNKS:
                yield waiting.pop(0).get()
        for result in waiting:
            yield result.get()


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    source = iter(items)
    while chunk := list(islice(source, CHUNK_ITEMS)):
        yield chunk
