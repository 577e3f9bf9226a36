"""Progress bars of the downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

if TYPE_CHECKING:
    from rich.console import Console

    from guetteur.publish.fetch import Fetched


class Bars:
    """One bar a download, gone when it is done; a `guetteur.publish.fetch.Progress` and a context manager."""

    def __init__(self, console: Console) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), console=console
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._bars.stop()

    def started(self, slot_id: str, total: int | None) -> None:
        """A body begins, or begins again."""
        if slot_id in self._tasks:
            self._bars.update(self._tasks[slot_id], total=total)
        else:
            self._tasks[slot_id] = self._bars.add_task(slot_id, total=total)

    def advanced(self, slot_id: str, size: int) -> None:
        """So many bytes more."""
        self._bars.advance(self._tasks[slot_id], size)

    def ended(self, result: Fetched) -> None:
        """One slot is done."""
        task = self._tasks.pop(result.slot_id, None)
        if task is not None:
            self._bars.remove_task(task)
        if result.outcome == "failed":
            self._bars.console.print(f"{result.slot_id}: {result.why}", style="yellow", markup=False)
