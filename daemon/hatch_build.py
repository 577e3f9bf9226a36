"""Hatch build hook: a wheel or an editable install always holds freshly compiled data."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles ``blocklists/`` into ``daemon/guetteur/data`` before files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling once per target; the sdist ships the sources instead."""
        del version, build_data
        if self.target_name == "sdist":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "daemon"))
        from guetteur.publish.bundle import build  # noqa: PLC0415 -- only importable once the path is set

        build(root / "blocklists", root / "daemon/guetteur/data")
