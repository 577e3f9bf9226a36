"""``guetteur install``, ``uninstall`` and ``doctor``: what they do in order, and what they say."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click
import keyring.errors
import msgspec
from rich.console import Console
from rich.markup import escape

from guetteur.app import now_utc
from guetteur.cli_output import print_json
from guetteur.errors import GuetteurError, printable
from guetteur.reports.credentials import Credentials
from guetteur.reports.table import load_channels
from guetteur.state_checks import look_at_state
from guetteur.texts import told
from guetteur.transport.browsers import load_browsers, places
from guetteur.transport.doctor import diagnose
from guetteur.transport.install_words import OTHERS, said, sentence
from guetteur.transport.manifests import InstallResult, failed
from guetteur.transport.setup import set_up, tear_down

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from guetteur.config import Settings
    from guetteur.transport.findings import Finding

FOUND, FAILED = 1, 2


def install(  # noqa: PLR0913 - what the command line can say
    settings: Settings,
    browsers: Sequence[str] | None,
    user_data_dir: Path | None,
    *,
    with_autostart: bool,
    as_json: bool,
    lang: str,
) -> int:
    """Set up what was asked for and say so; return the exit status."""
    results = set_up(settings, browsers, user_data_dir=user_data_dir, with_autostart=with_autostart)
    if as_json:
        return _print_json(results)
    _print(results, lang)
    told = any(one.browser not in OTHERS and one.action in ("written", "unchanged") for one in results)
    click.echo(said("installed" if told else "no_browser", lang))
    return _status(results)


def uninstall(  # noqa: PLR0913 - what the command line can say
    settings: Settings,
    browsers: Sequence[str] | None,
    user_data_dir: Path | None,
    *,
    forget: bool,
    sure: bool,
    as_json: bool,
    lang: str,
) -> int:
    """Remove what was asked for, the person's own data only with ``forget`` and after a yes; return the exit status."""
    everything = browsers is None and user_data_dir is None
    forget = forget and everything
    if forget and not sure:
        click.confirm(said("forget_question", lang, path=settings.state_dir), abort=True, err=True)
    results = tear_down(settings, browsers, user_data_dir=user_data_dir)
    if forget and all(one.ok for one in results):
        results += forget_person(settings)
    if as_json:
        return _print_json(results)
    _print(results, lang)
    if not results:
        click.echo(said("nothing", lang))
    if everything and results and all(one.ok for one in results):
        click.echo(said("uninstalled", lang))
    if everything and os.path.exists(settings.state_dir):  # noqa: PTH110 -- False where we may not look
        click.echo(said("data_stays", lang, path=settings.state_dir))
    return _status(results)


def forget_person(settings: Settings) -> list[InstallResult]:
    """Erase the person's data: keys in the keyring, then the folders. The daemon must have ended."""
    results = []
    try:
        credentials = Credentials(settings.state_dir)
        if credentials.kept_in == "keyring":
            names = [need.id for need in load_channels(settings.data_dir).needs]
            held = [name for name in names if credentials.get(name)]
            for name in held:
                credentials.remove(name)
            if held:
                results.append(InstallResult("keys", "", "removed", ok=True))
    except GuetteurError as error:
        return [InstallResult("keys", "", "failed", False, told(error, "en").text, told(error, "fr").text)]
    except keyring.errors.KeyringError:
        return [InstallResult("keys", "", "failed", False, "it refuses", "il refuse")]
    folders = (settings.runtime_dir, settings.state_dir)
    return results + [_erased(folder) for folder in folders if os.path.isdir(folder)]  # noqa: PTH112 -- the same


def doctor(settings: Settings, *, as_json: bool, lang: str, wait: bool) -> int:
    """Look at everything and say what is wrong; return the exit status."""
    findings = [*diagnose(settings), *look_at_state(settings, now=now_utc())]
    if as_json:
        print_json([msgspec.to_builtins(found) for found in findings])
    else:
        _print_findings(findings, lang)
    if wait:
        click.pause(said("wait", lang))
    return FOUND if any(found.level == "fail" for found in findings) else 0


def _erased(folder: Path) -> InstallResult:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        return failed("data", str(folder), error)
    return InstallResult("data", str(folder), "removed", ok=True)


def _print(results: Iterable[InstallResult], lang: str) -> None:
    names = {browser.id: browser.name for browser in load_browsers(places())}
    console = Console(highlight=False, soft_wrap=True)
    for result in results:
        mark = "[red]✗[/]" if not result.ok else "[yellow]![/]" if result.action == "skipped" else "[green]✓[/]"
        console.print(f"{mark} {escape(sentence(result, names, lang))}")


def _print_json(results: Sequence[InstallResult]) -> int:
    print_json([msgspec.to_builtins(result) | {"path": printable(result.path)} for result in results])
    return _status(results)


def _status(results: Iterable[InstallResult]) -> int:
    return 0 if all(result.ok for result in results) else FAILED


def _print_findings(findings: Iterable[Finding], lang: str) -> None:
    console = Console(highlight=False, soft_wrap=True, file=sys.stdout)
    marks = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}
    for found in findings:
        text, remedy = (found.text_fr, found.remedy_fr) if lang == "fr" else (found.text_en, found.remedy_en)
        console.print(f"{marks[found.level]} {escape(text)}")
        if remedy and found.level != "ok":
            console.print(f"    → {escape(remedy)}")
