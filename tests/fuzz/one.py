"""Fuzzes one target with atheris: ``python -m fuzz.one TARGET FOLDER SECONDS``.

The folder gets ``corpus/`` (kept from run to run) and what breaks the target: ``crash-…``, ``timeout-…``, ``oom-…``.
A file of these, given in place of SECONDS, is tried again.
"""

import importlib
import sys
from hashlib import sha256
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["guetteur"]):
    target = importlib.import_module(f"fuzz.targets.{sys.argv[1]}")

SLOW_S = 10
"""No input of a target's length may take longer."""
MEMORY_MB = 2048


def main() -> None:
    folder, limit = Path(sys.argv[2]), sys.argv[3]
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in target.seeds():
        (corpus / sha256(seed).hexdigest()).write_bytes(seed)
    options = [f"-artifact_prefix={folder}/", f"-timeout={SLOW_S}", f"-rss_limit_mb={MEMORY_MB}"]
    if limit.isdigit():
        longest = [f"-max_len={target.MAX_LENGTH}", f"-max_total_time={limit}", "-verbosity=0", "-print_final_stats=1"]
        options += [*longest, str(corpus)]
    else:
        options.append(limit)
    atheris.Setup([sys.argv[0], *options], target.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
