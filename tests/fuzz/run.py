"""Runs every fuzz target and the daemon's calls, one after the other, and says what was found.

``python -m fuzz.run MINUTES [TARGET …]``; the time is shared out. What breaks a target lands in ``build/fuzz/TARGET/``.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build/fuzz"
CALLS = "calls"
TARGETS = (*sorted(one.stem for one in (Path(__file__).parent / "targets").glob("*.py")), CALLS)
GRACE_S = 120
"""For the start, the seeds and the last input."""


def run(target: str, seconds: int) -> bool:
    """Whether it held."""
    folder = BUILD / target
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    module = ["fuzz.calls"] if target == CALLS else ["fuzz.one", target]
    with log.open("wb") as out, tempfile.TemporaryDirectory() as scratch:  # libFuzzer ends without Python's farewell
        try:
            done = subprocess.run(
                [sys.executable, "-m", *module, str(folder), str(seconds)],
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join((str(ROOT / "daemon"), str(ROOT / "tests"))),
                    "TMPDIR": scratch,
                },
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=seconds + GRACE_S,
                check=False,
            )
            code = done.returncode
        except subprocess.TimeoutExpired:
            code = 1
    lines = log.read_text("utf-8", "replace").splitlines()
    tried = next(
        (line.split()[-1] for line in lines if "number_of_executed_units" in line or "cases tried" in line), "?"
    )
    print(f"{target:16} {seconds:5} s {tried:>10} inputs  {'held' if code == 0 else f'BROKE, see {log}'}", flush=True)
    return code == 0


def main() -> None:
    minutes, *chosen = sys.argv[1:]
    targets = chosen or TARGETS
    seconds = max(10, round(float(minutes) * 60 / len(targets)))
    held = [run(target, seconds) for target in targets]
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
