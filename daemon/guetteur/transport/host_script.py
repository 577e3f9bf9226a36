"""The small program a manifest points to: browsers need one executable file, not an interpreter with arguments."""

from __future__ import annotations

import os
import shlex
import site
import sys
from contextlib import suppress
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
_KEPT_TEXTS = ("GUETTEUR_TRANSPORT", "GUETTEUR_LISTS_URL", "GUETTEUR_TIMESTAMP_URL")
_KEPT_PATHS = ("GUETTEUR_HOME", "GUETTEUR_LISTS_ROOT")
_KEPT_IF_ABSOLUTE = "XDG_STATE_HOME"  # as its specification has it; without meaning on Windows
_KEPT_LATER = frozenset((*_KEPT_TEXTS, "GUETTEUR_LISTS_ROOT"))
KEPT = (*_KEPT_PATHS, *_KEPT_TEXTS, _KEPT_IF_ABSOLUTE)


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


def with_earlier(settings: Settings, platform: Platform, environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` with what an earlier installation was told, as far as this one is told nothing else.

    Installing again is how an update is finished: it must not lose the server of the lists. An empty variable does
    take one back.
    """
    earlier: dict[str, str] = {}
    with suppress(OSError, ValueError):
        for line in path(settings, platform).read_text("utf-8").splitlines():
            name, _, value = line.removeprefix('@set "').removeprefix("export ").partition("=")
            if name in _KEPT_LATER:
                earlier[name] = value[:-1].replace("%%", "%") if platform == "windows" else shlex.split(value)[0]
    return earlier | dict(environ)


def chosen(environ: Mapping[str, str]) -> dict[str, str]:
    """Those of `KEPT` that are set and count."""
    kept = {name: environ[name] for name in _KEPT_TEXTS if environ.get(name)}
    kept |= {name: str(Path(environ[name]).absolute()) for name in _KEPT_PATHS if environ.get(name)}
    if sys.platform != "win32" and Path(state_home := environ.get(_KEPT_IF_ABSOLUTE, "")).is_absolute():
        kept[_KEPT_IF_ABSOLUTE] = state_home
    return kept


def variables(environ: Mapping[str, str]) -> dict[str, str]:
    """What a program started from the desktop must be told to be this copy."""
    kept = chosen(environ)
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
    start = f'exec {shlex.quote(python)} -P -m guetteur.transport.native_host "$0" "$@"'
    return "\n".join(["#!/bin/sh", "# Written by guetteur install; removed by guetteur uninstall.", *lines, start, ""])


def _batch(python: str, kept: Mapping[str, str]) -> str:
    lines = [f'@set "{name}={_percent(value)}"' for name, value in kept.items()]
    start = f'@"{_percent(python)}" -P -m guetteur.transport.native_host "%~f0" %*'
    # 65001 is UTF-8: user names hold accents. chcp must not read the browser's pipe.
    return "\r\n".join(["@chcp 65001 >nul <nul", *lines, start, ""])


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _is_site(root: Path) -> bool:
    folders = [*site.getsitepackages(), site.getusersitepackages()]
    return any(os.path.realpath(root) == os.path.realpath(entry) for entry in folders)
