"""The small program a manifest points to: browsers need one executable file, not an interpreter with arguments."""

from __future__ import annotations

import os
import shlex
import site
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import guetteur
from guetteur.durable import write_durably

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guetteur.config import Settings
    from guetteur.transport.browsers import Platform

NAME = "guetteur-native-host"
# What decides where the daemon is and whom it asks. A browser started from the desktop lacks what a shell had set at
# install time, and the folder it stood in.
_KEPT_VARIABLES = ("GUETTEUR_TRANSPORT", "GUETTEUR_LISTS_URL", "GUETTEUR_TIMESTAMP_URL")
_KEPT_PATHS = ("GUETTEUR_HOME", "GUETTEUR_LISTS_ROOT")


def folder(settings: Settings) -> Path:
    """Where the launcher script (and on Windows the manifests) lie; made and removed by us alone."""
    return settings.state_dir / "native-host"


def path(settings: Settings, platform: Platform) -> Path:
    """The launcher script, absolute."""
    return (folder(settings) / (f"{NAME}.bat" if platform == "windows" else NAME)).absolute()


def write(settings: Settings, platform: Platform, environ: Mapping[str, str]) -> Path:
    """Write the launcher script, executable for its owner alone.

    Raises:
        OSError: it could not be written.
    """
    script = path(settings, platform)
    script.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = (_batch if platform == "windows" else _shell)(sys.executable, variables(environ))
    write_durably(script, text.encode(), 0o700)
    return script


def variables(environ: Mapping[str, str]) -> dict[str, str]:
    """What a program started from the desktop must be told to be this copy."""
    kept = {name: environ[name] for name in _KEPT_VARIABLES if environ.get(name)}
    kept |= {name: str(Path(environ[name]).absolute()) for name in _KEPT_PATHS if environ.get(name)}
    root = Path(guetteur.__file__).absolute().parent.parent
    if not _is_site(root):  # run from a source tree: the interpreter alone would not find us
        kept["PYTHONPATH"] = str(root)
    return kept


def interpreter(script: Path, platform: Platform) -> str | None:
    """The Python a launcher script starts; None when the script cannot be read or is not as `write` makes it."""
    try:
        line = script.read_text("utf-8").splitlines()[-1]
        if platform == "windows":
            return line.removeprefix('@"').partition('" -P -m ')[0].replace("%%", "%")
        return shlex.split(line)[1] if line.startswith("exec ") and " -P -m " in line else None
    except (OSError, ValueError, IndexError):
        return None


def _shell(python: str, kept: Mapping[str, str]) -> str:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in kept.items()]
    # -P: the browser's current folder (Downloads, say) must not be searched for modules.
    start = f'exec {shlex.quote(python)} -P -m guetteur.transport.native_host "$@"'
    return "\n".join(["#!/bin/sh", "# Written by guetteur install; removed by guetteur uninstall.", *lines, start, ""])


def _batch(python: str, kept: Mapping[str, str]) -> str:
    lines = [f'@set "{name}={_percent(value)}"' for name, value in kept.items()]
    start = f'@"{_percent(python)}" -P -m guetteur.transport.native_host %*'
    # 65001 is UTF-8: user names hold accents. chcp must not read the browser's pipe.
    return "\r\n".join(["@chcp 65001 >nul <nul", *lines, start, ""])


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _is_site(root: Path) -> bool:
    folders = [*site.getsitepackages(), site.getusersitepackages()]
    return any(os.path.realpath(root) == os.path.realpath(entry) for entry in folders)
