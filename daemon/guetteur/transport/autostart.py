"""Starts the daemon with the person's session, only when they ask for it: a browser starts it by itself otherwise.

::

    Linux    ~/.config/systemd/user/guetteur.service, and the link that "systemctl --user enable" would make
    macOS    ~/Library/LaunchAgents/org.guetteur.daemon.plist
    Windows  a task "Guetteur", registered from native-host/autostart.xml

On Linux and macOS the files are all it takes, from the next session on: no program has to be run for it.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from guetteur.transport import host_script
from guetteur.transport.launcher import serve_command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from guetteur.config import Settings
    from guetteur.transport.browsers import Places

UNIT = "guetteur.service"
LABEL = "org.guetteur.daemon"
TASK = "Guetteur"

_TASK_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_SHARED_FOLDERS = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - compared with, nothing is put there

# What the daemon never does is forbidden to it, should a hostile mail or page ever make it try. A person's own service
# manager can set most of this up only inside PrivateUsers; without it, systemd 252 fails with 218/CAPABILITIES.
_HARDENING = """\
UMask=0077
NoNewPrivileges=yes
PrivateUsers=yes
CapabilityBoundingSet=
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectProc=invisible
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
MemoryMax=1G
TasksMax=256
LimitCORE=0
"""


def files(where: Places, settings: Settings) -> tuple[Path, ...]:
    """What lies on the disk when autostart is set up; the first is the description itself."""
    match where.platform:
        case "linux":
            folder = where.config / "systemd/user"
            return folder / UNIT, folder / "default.target.wants" / UNIT
        case "macos":
            return (where.home / f"Library/LaunchAgents/{LABEL}.plist",)
        case "windows":
            return (host_script.folder(settings) / "autostart.xml",)


def description(where: Places, settings: Settings, environ: Mapping[str, str]) -> bytes:
    """The unit, agent or task, whole."""
    kept = host_script.variables(environ)
    match where.platform:
        case "linux":
            return unit(settings, serve_command(), kept, environ.get("XDG_RUNTIME_DIR")).encode()
        case "macos":
            return agent(settings, serve_command(), kept)
        case "windows":
            user = f"{environ.get('USERDOMAIN', '.')}\\{environ.get('USERNAME', '')}"
            return task(serve_command(), user)


def unit(settings: Settings, command: Sequence[str], kept: Mapping[str, str], session_dir: str | None) -> str:
    """The systemd user unit.

    Args:
        settings: the folders it may write to, all others are read-only.
        command: what it starts.
        kept: environment variables.
        session_dir: ``$XDG_RUNTIME_DIR``.
    """
    start = " ".join(_quoted(word).replace("$", "$$") for word in command)
    lines = ["[Unit]", "Description=Guetteur", "", "[Service]", "Type=exec", f"ExecStart={start}"]
    lines += [f"Environment={_quoted(f'{name}={value}')}" for name, value in kept.items()]
    lines += ["Restart=on-failure", "RestartSec=5", f"ReadWritePaths={_quoted(str(settings.state_dir.absolute()))}"]
    if session_dir is not None and settings.runtime_dir.parent == Path(session_dir):
        lines.append("ReadWritePaths=%t")  # ours below it is made anew at each start of the computer
    else:
        lines.append(f"ReadWritePaths={_quoted(str(settings.runtime_dir.absolute()))}")
    used = [settings.runtime_dir, settings.state_dir, Path(command[0]), *map(Path, kept.values())]
    if not any(folder in path.absolute().parents for folder in _SHARED_FOLDERS for path in used):
        lines.append("PrivateTmp=yes")  # in another /tmp the relay would look in vain for the socket
    return "\n".join([*lines, _HARDENING, "[Install]", "WantedBy=default.target", ""])


def agent(settings: Settings, command: Sequence[str], kept: Mapping[str, str]) -> bytes:
    """The launchd agent, a property list."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "EnvironmentVariables": dict(kept),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ProcessType": "Background",
            "ThrottleInterval": 30,
            "Umask": 0o077,
            "StandardErrorPath": str(settings.log_path.absolute()),
        }
    )


def task(command: Sequence[str], user: str) -> bytes:
    r"""The Windows task: XML in UTF-16, as ``schtasks`` wants it.

    Args:
        command: what it starts, without a console window where there is a ``pythonw.exe`` for that.
        user: ``DOMAIN\name``; without one the task would need an administrator.
    """
    python = Path(command[0])
    windowless = python.with_name("pythonw.exe")
    root = ET.Element("Task", version="1.2", xmlns=_TASK_NAMESPACE)
    trigger = ET.SubElement(ET.SubElement(root, "Triggers"), "LogonTrigger")
    _add(trigger, Enabled="true", UserId=user)
    principal = ET.SubElement(ET.SubElement(root, "Principals"), "Principal", id="Author")
    _add(principal, UserId=user, LogonType="InteractiveToken", RunLevel="LeastPrivilege")
    settings = ET.SubElement(root, "Settings")
    _add(
        settings,
        MultipleInstancesPolicy="IgnoreNew",
        DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false",
        ExecutionTimeLimit="PT0S",
    )
    _add(ET.SubElement(settings, "RestartOnFailure"), Interval="PT1M", Count="3")
    execute = ET.SubElement(ET.SubElement(root, "Actions", Context="Author"), "Exec")
    _add(execute, Command=str(windowless if windowless.exists() else python))
    _add(execute, Arguments=subprocess.list2cmdline(command[1:]))
    text = f'<?xml version="1.0" encoding="UTF-16"?>\n{ET.tostring(root, encoding="unicode")}\n'
    return text.encode("utf-16")


def enable(where: Places, settings: Settings, run: Callable[[Sequence[str]], bool]) -> bool:
    """Do what it takes besides the description; False when the system refuses. Raises OSError."""
    description_file, *links = files(where, settings)
    for link in links:
        if not link.is_symlink():
            link.symlink_to(os.path.relpath(description_file, link.parent))
    if where.platform != "windows":
        return True
    return run(["schtasks", "/Create", "/TN", TASK, "/XML", str(description_file), "/F"])


def disable(where: Places, run: Callable[[Sequence[str]], bool]) -> bool:
    """Undo what `enable` did besides its files; False when the system refuses."""
    return where.platform != "windows" or run(["schtasks", "/Delete", "/TN", TASK, "/F"])


def run_quietly(command: Sequence[str]) -> bool:
    """Run a program of the system; whether it did what it should."""
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=30)  # noqa: S603 - ours, fixed
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _add(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text


def _quoted(text: str) -> str:
    """As systemd reads it: C escapes inside double quotes, and per cent signs doubled."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'
