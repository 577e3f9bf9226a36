"""Holds what the tests cover of each package against what they must: ``python coverage_shares.py COVERAGE_JSON``.

What decides verdicts (``core``, ``signals``) is covered whole, every line and every branch; of each other package nine
tenths of lines and branches together.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

WHOLE = ("core", "signals")
LEAST = 90.0
TOP = "guetteur"
"""What the modules beside the packages count as."""


def package_of(path: str) -> str:
    """The package below ``guetteur`` that a file is in."""
    parts = Path(path).parts
    below = parts[parts.index("guetteur") + 1 :]
    return below[0] if len(below) > 1 else TOP


def main() -> None:
    """Print a line for each package; end with 1 where one is covered too little."""
    files = json.loads(Path(sys.argv[1]).read_text("utf-8"))["files"]
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for path, found in files.items():
        summary = found["summary"]
        for at, key in enumerate(("covered_lines", "num_statements", "covered_branches", "num_branches")):
            sums[package_of(path)][at] += summary[key]
    short = []
    print(f"{'package':10} {'lines':>8} {'branches':>9} {'both':>8} {'least':>6}")
    for package, (lines, all_lines, branches, all_branches) in sorted(sums.items()):
        both = 100 * (lines + branches) / (all_lines + all_branches)
        least = 100.0 if package in WHOLE else LEAST
        shares = (100 * lines / all_lines, 100 * branches / all_branches if all_branches else 100.0)
        print(f"{package:10} {shares[0]:7.2f}% {shares[1]:8.2f}% {both:7.2f}% {least:5.0f}%")
        if both < least:
            short.append(package)
    if short:
        sys.exit(f"covered too little: {', '.join(short)}")


if __name__ == "__main__":
    main()
