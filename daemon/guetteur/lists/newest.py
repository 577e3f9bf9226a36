"""Opens the newest whole list of a store; what is damaged is passed over."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from guetteur.errors import GuetteurError
from guetteur.lists.format import open_view
from guetteur.lists.newly import NoNewly, open_newly

if TYPE_CHECKING:
    from guetteur.lists.generation import Generation, Lease
    from guetteur.lists.newly import Newly
    from guetteur.lists.store import Store
    from guetteur.lists.view import ListView

LOG = logging.getLogger(__name__)


class Opened(NamedTuple):
    """A generation in use; whoever goes on to another one closes the lease."""

    lease: Lease
    view: ListView
    newly: Newly


def open_newest(store: Store, broken: set[int], held: Lease | None = None) -> Opened | None:
    """The newest generation that can be read; None when there is none, or it is the one of ``held``.

    ``broken`` has the numbers of those known to be damaged; what is found out is added.
    """
    while True:
        try:
            lease = store.lease(broken)
        except GuetteurError as error:
            LOG.warning("the stored lists cannot be opened: %s (%s)", error.message, error.hint)
            return None
        if lease is None:
            return None
        number = lease.generation.number
        if held is not None and held.generation.number == number:
            lease.close()
            return None
        try:
            return Opened(lease, open_view(lease.generation.paths()), _newly(lease.generation))
        except (GuetteurError, KeyError) as error:
            LOG.warning("generation %s cannot be opened: %s; an older list serves", number, error)
            lease.close()
            broken.add(number)


def _newly(generation: Generation) -> Newly:
    try:
        return open_newly(generation.paths())
    except GuetteurError as error:
        LOG.warning("%s (%s)", error.message, error.hint)
        return NoNewly()
