"""Puts a small stand-in for ``guetteur.cli`` in place, so that ``python -m guetteur serve`` runs in tests.

Only ``bind`` and the wire are real here: the answers can be slow, huge, no JSON, or the death of the process.
"""

import os
import sys
import types

if os.environ.get("GUETTEUR_STUB"):

    def main() -> None:
        import stub_daemon

        sys.exit(stub_daemon.main())

    cli = types.ModuleType("guetteur.cli")
    cli.main = main  # type: ignore[attr-defined]
    sys.modules["guetteur.cli"] = cli
