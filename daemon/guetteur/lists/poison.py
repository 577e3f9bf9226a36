"""Is a validly signed list fit to use? Public lists have held google.com, github.com and bit.ly.

Pure: what the list holds and what must never be blocked are passed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.errors import GuetteurError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.lists.listformat import Contents

SMALL = 1_000
"""Lists below this size may change as they like: a start has to begin somewhere."""
MAX_FACTOR = 5
_SHOWN = 5
_HINT = "the last good list stays in use; tell the maintainers"


class PoisonError(GuetteurError):
    """A signed list that must not be used."""


def check_contents(
    contents: Contents, never_block: Iterable[str], previous: int | None, *, accept_size: bool = False
) -> None:
    """Refuse a list that would block what must never be, is empty, or changed its size beyond reason.

    A parent blocks all below it: ``gouv.fr`` or ``fr`` on the list is as bad as ``impots.gouv.fr``. A page on a
    never-block host (``shared.example/user``) is fine.

    Args:
        contents: the new list.
        never_block: hosts in ASCII form.
        previous: entries of the list in use, None when it is only the shipped one.
        accept_size: the user looked and takes the new size.

    Raises:
        PoisonError: ``list_poisoned``, ``list_empty``, ``list_size_jump``.
    """
    size = len(contents)
    if size == 0:
        raise PoisonError("list_empty", "the published list is empty", _HINT)
    names = {name for host in never_block for name in _upwards(host)}
    found = sorted(name for name in names if contents.holds(name))
    if found:
        shown = ", ".join(found[:_SHOWN]) + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")
        raise PoisonError("list_poisoned", f"the published list would block {shown}", _HINT)
    if accept_size or previous is None or max(size, previous) < SMALL:
        return
    if size > MAX_FACTOR * previous or size * MAX_FACTOR < previous:
        raise PoisonError(
            "list_size_jump",
            f"the published list has {size} entries, the one in use {previous}",
            f"{_HINT}, or take it: guetteur lists sync --accept-size",
        )


def _upwards(host: str) -> Iterable[str]:
    """The host and every parent, the bare top-level domain among them."""
    at = 0
    while True:
        yield host[at:]
        dot = host.find(".", at)
        if dot < 0:
            return
        at = dot + 1
