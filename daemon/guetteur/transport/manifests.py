"""Tells browsers about the relay: one small JSON manifest in each browser's folder, or behind a Windows registry key.

What was written is noted beside the launcher script (``installed.json``), so that ``uninstall`` finds profiles given
with ``--user-data-dir`` and removes folders we made, and only those.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from guetteur.durable import write_durably
from guetteur.errors import InstallError, printable
from guetteur.texts import system_reason
from guetteur.transport import host_script
from guetteur.transport.browsers import load_browsers, load_identities, places
from guetteur.transport.install_notes import InstallNotes
from guetteur.transport.registry import WindowsRegistry
from guetteur.transport.targets import PROFILE, Target, manifest, read_manifest, targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guetteur.config import Settings
    from guetteur.transport.browsers import Browser, Identities, Places
    from guetteur.transport.registry import Registry

Action = Literal["written", "unchanged", "removed", "stopped", "kept", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class InstallResult:
    """What was done for one browser.

    Attributes:
        browser: id of the table, or ``user-data-dir``, or one of `guetteur.transport.install_words.OTHERS`.
        path: manifest file, registry key or script.
        action: ``kept``: not ours, or another browser needs it; ``skipped``: this browser's packaging rules it out.
        ok: False only when something should have been done and was not.
        detail: why, in English, possibly empty.
        detail_fr: the same in French.
    """

    browser: str
    path: str
    action: Action
    ok: bool
    detail: str = ""
    detail_fr: str = ""


def install(  # noqa: PLR0913 - the first two matter to callers, the rest are seams
    settings: Settings,
    browsers: Sequence[str] | None = None,
    *,
    home: Path | None = None,
    user_data_dir: Path | None = None,
    where: Places | None = None,
    registry: Registry | None = None,
    environ: Mapping[str, str] | None = None,
) -> list[InstallResult]:
    """Write the launcher script and a manifest for every browser found.

    Args:
        settings: where the launcher script goes.
        browsers: ids to write for, found or not; None takes all that are found.
        home: instead of the person's own folder.
        user_data_dir: a Chromium profile folder started with ``--user-data-dir``; then only it is served, unless
            ``browsers`` names others too.
        where: platform and folders, for tests; ``home`` is then ignored.
        registry: instead of the Windows registry.
        environ: variables, of which the launcher script keeps some (`guetteur.transport.host_script.KEPT`).

    Returns:
        One result per browser served, and one with ``browser="launcher"`` first. A second run says ``unchanged``.

    Raises:
        InstallError: ``unknown_browser``, ``path_unprintable``, or ``launcher_not_written``.
    """
    where = where or places(home)
    chosen = _chosen(where, browsers, only_profile=user_data_dir is not None)
    script = host_script.path(settings, where.platform)
    environ = os.environ if environ is None else environ
    _refuse_unprintable(str(script), sys.executable, *host_script.variables(environ).values())
    before = _content(script)
    try:
        host_script.write(settings, where.platform, environ)
    except OSError as error:
        hint = "check the folder's rights"
        raise InstallError("launcher_not_written", f"{script}: {error}", hint, path=script, reason=error) from error
    action: Action = "unchanged" if before == _content(script) else "written"
    results = [InstallResult("launcher", str(script), action, ok=True)]
    identities = load_identities()
    notes = InstallNotes(settings)
    results += [
        InstallResult(browser.id, str(browser.manifests), "skipped", True, browser.note_en, browser.note_fr)
        for browser in chosen
        if not browser.reachable
    ]
    registry = _registry(where, registry)
    results += [
        _write(target, identities, script, notes, registry)
        for target in targets(settings, chosen, identities, user_data_dir)
    ]
    notes.save()
    return results


def uninstall(  # noqa: PLR0913 - as install()
    settings: Settings,
    browsers: Sequence[str] | None = None,
    *,
    home: Path | None = None,
    user_data_dir: Path | None = None,
    where: Places | None = None,
    registry: Registry | None = None,
) -> list[InstallResult]:
    """Remove our manifests, and with ``browsers=None`` and no profile named also the launcher script.

    A manifest is ours when it bears our host name and points to our launcher script; any other is kept, and so is one
    that another browser still needs. Folders are removed when we had made them and nothing is left in them.

    Raises:
        InstallError: ``unknown_browser``.
    """
    where = where or places(home)
    everything = browsers is None and user_data_dir is None
    identities = load_identities()
    notes = InstallNotes(settings)
    if everything:
        chosen = [browser for browser in load_browsers(where) if browser.reachable]
    else:
        chosen = _chosen(where, browsers, only_profile=user_data_dir is not None)
    wanted = targets(settings, chosen, identities, user_data_dir)
    if everything:
        known = {target.place for target in wanted}
        wanted += [Target(PROFILE, "chromium", Path(place)) for place in notes.served if place not in known]
    registry = _registry(where, registry)
    script = host_script.path(settings, where.platform)
    results = []
    for target in wanted:
        others = notes.drop(target.place, target.browser)
        if others and not everything:
            results.append(_shared(target, others, where))
            continue
        removed = _remove(target, identities, script, registry, everything=everything)
        if removed is not None:
            results.append(removed)
    if everything and os.path.exists(script):  # noqa: PTH110 - False where we may not look
        results.append(_unlinked("launcher", script))
    notes.forget(result.path for result in results if result.action == "removed")
    notes.remove_empty_folders()
    if everything and not any(result.action == "failed" for result in results):
        notes.delete()
    else:
        notes.save()
    return results


def failed(browser: str, path: str, error: OSError) -> InstallResult:
    """What the system refused, and why, in both languages."""
    return InstallResult(browser, path, "failed", False, system_reason(error, "en"), system_reason(error, "fr"))


def _refuse_unprintable(*texts: str) -> None:
    # A manifest is JSON, so UTF-8: browsers could not be told of a launcher below /home/<a Latin-1 é>.
    for text in texts:
        if printable(text) != text:
            hint = "choose another folder with GUETTEUR_HOME, then run guetteur install again"
            raise InstallError("path_unprintable", f"the path {text} is no UTF-8", hint, path=text)


def _chosen(where: Places, names: Sequence[str] | None, *, only_profile: bool) -> list[Browser]:
    table = load_browsers(where)
    if names is None:
        return [] if only_profile else [browser for browser in table if browser.is_found()]
    known = {browser.id: browser for browser in table}
    for name in names:
        if name not in known:
            names = ", ".join(known)
            raise InstallError(
                "unknown_browser",
                f"{name!r} is no browser known on {where.platform}",
                f"one of {names}",
                name=name,
                names=names,
            )
    return [known[name] for name in names]


def _registry(where: Places, registry: Registry | None) -> Registry | None:
    return WindowsRegistry() if registry is None and where.platform == "windows" else registry


def _write(
    target: Target, identities: Identities, script: Path, notes: InstallNotes, registry: Registry | None
) -> InstallResult:
    content = json.dumps(manifest(target.kind, identities, script), indent=2, ensure_ascii=False).encode() + b"\n"
    registered = target.key is None or registry is None or registry.read(target.key) == str(target.file)
    try:
        if registered and _content(target.file) == content:
            notes.add(target.place, target.browser)
            return InstallResult(target.browser, target.place, "unchanged", ok=True)
        before = read_manifest(target.file)
        notes.make_folder(target.file.parent)
        write_durably(target.file, content, 0o644)
        notes.add(target.place, target.browser)
        if target.key is not None and registry is not None:
            registry.write(target.key, str(target.file))
    except OSError as error:
        return failed(target.browser, target.place, error)
    if before is None or before.get("path") == str(script):
        return InstallResult(target.browser, target.place, "written", ok=True)
    started = before.get("path")
    return InstallResult(
        target.browser, target.place, "written", True, f"it started {started} before", f"il lançait {started} avant"
    )


def _remove(
    target: Target, identities: Identities, script: Path, registry: Registry | None, *, everything: bool
) -> InstallResult | None:
    found = read_manifest(target.file)
    ours = found is not None and found.get("name") == identities.host_name and found.get("path") == str(script)
    if target.key is not None and registry is not None:
        return _remove_key(target, target.key, registry, with_file=everything and ours)
    if not os.path.isfile(target.file):  # noqa: PTH113 - the same
        return None
    if not ours:
        return InstallResult(
            target.browser, target.place, "kept", True, "it starts another program", "il lance un autre programme"
        )
    return _unlinked(target.browser, target.file)


def _shared(target: Target, others: Sequence[str], where: Places) -> InstallResult:
    names = ", ".join(browser.name for browser in load_browsers(where) if browser.id in others)
    return InstallResult(target.browser, target.place, "kept", True, f"for {names}", f"pour {names}")


def _remove_key(target: Target, key: str, registry: Registry, *, with_file: bool) -> InstallResult | None:
    try:
        # Several keys name one file: it goes with the last of them, when everything goes.
        if with_file:
            target.file.unlink(missing_ok=True)
        value = registry.read(key)
        if value is None:
            return None
        if value != str(target.file):
            return InstallResult(target.browser, key, "kept", True, f"it names {value}", f"elle désigne {value}")
        registry.remove(key)
    except OSError as error:
        return failed(target.browser, key, error)
    return InstallResult(target.browser, key, "removed", ok=True)


def _unlinked(browser: str, file: Path) -> InstallResult:
    try:
        file.unlink()
    except OSError as error:
        return failed(browser, str(file), error)
    return InstallResult(browser, str(file), "removed", ok=True)


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
