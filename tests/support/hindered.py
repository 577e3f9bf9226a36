"""A state file that cannot be opened, or that another process holds."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path


def refusing(path: Path, flag: int, error: OSError) -> Callable[..., int]:
    """`os.open` that raises ``error`` where ``path`` is opened with ``flag``, also for root."""
    real = os.open

    def refuse(name: object, flags: int, mode: int = 0o777) -> int:
        if Path(str(name)) == path and flags & flag:
            raise error
        return real(str(name), flags, mode)

    return refuse


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    """Meanwhile nobody else can write to the database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")
