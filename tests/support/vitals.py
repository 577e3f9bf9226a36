"""What the system says of a running process (Linux)."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import NamedTuple

# Of `cpu_s` in /proc.
_TICKS = os.sysconf("SC_CLK_TCK")


class Vitals(NamedTuple):
    """One look at a process.

    Attributes:
        rss: bytes of memory in use, mapped files included.
        private: those that belong to it alone: no file gives them back.
        files: open file descriptors.
        threads: running threads.
        cpu_s: processor seconds used so far.
    """

    rss: int
    private: int
    files: int
    threads: int
    cpu_s: float


def vitals(pid: int) -> Vitals:
    """Look now.

    Raises:
        FileNotFoundError: there is no such process.
    """
    place = Path("/proc") / str(pid)
    said = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines())
    user, system = (place / "stat").read_text().rpartition(")")[2].split()[11:13]
    return Vitals(
        rss=int(said["VmRSS"].split()[0]) * 1024,
        private=int(said["RssAnon"].split()[0]) * 1024,
        files=sum(1 for _ in (place / "fd").iterdir()),
        threads=int(said["Threads"]),
        cpu_s=(int(user) + int(system)) / _TICKS,
    )


def machine() -> str:
    """What was measured on, in a sentence."""
    said = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in said if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"Measured on {os.cpu_count()} cores ({model}), {memory:.0f} GB, Python {platform.python_version()}."
