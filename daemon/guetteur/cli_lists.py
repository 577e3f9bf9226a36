"""``guetteur lists`` (what this machine holds; for maintainers: why) and ``guetteur keys`` (who signs)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from guetteur.app import load_starter_sources, now_utc
from guetteur.config import language, load_settings
from guetteur.errors import DaemonUnreachableError, GuetteurError

if TYPE_CHECKING:
    from guetteur.lists.generation import Generation
    from guetteur.lists.store import Store
    from guetteur.publish.keys import KeyRing

FAILED = 2
BLOCKLISTS = Path("blocklists")

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
_blocklists = click.option(
    "--blocklists",
    type=click.Path(path_type=Path, file_okay=False),
    default=BLOCKLISTS,
    help="The maintainers' folder.",
)
_keys = click.option(
    "--keys",
    "folders",
    type=click.Path(path_type=Path, file_okay=False),
    multiple=True,
    envvar="GUETTEUR_KEYS",
    required=True,
    help="A folder with keys, outside the repository (repeatable; or GUETTEUR_KEYS).",
)


_SOURCES = {
    "fr": {
        "starter": "Les listes livrées avec Guetteur servent ; elles viennent de :",
        "stored": "Les listes {version} servent ; elles viennent de :",
        "no_licence": "licence non précisée",
        "entries": "{entries} adresses",
        "fetched": "du {at:%Y-%m-%d} (il y a {days} j)",
    },
    "en": {
        "starter": "The lists shipped with Guetteur are in use; they are from:",
        "stored": "The lists {version} are in use; they are from:",
        "no_licence": "licence not stated",
        "entries": "{entries} addresses",
        "fetched": "of {at:%Y-%m-%d} ({days} days ago)",
    },
}


@click.group()
def lists() -> None:
    """The blocklists of this machine."""


@lists.command("sync")
@click.option("--accept-size", is_flag=True, help="Take a list whose size changed beyond reason.")
@_json
def sync_lists(accept_size: bool, as_json: bool) -> None:
    """Renew the lists now, through the running daemon where there is one. Exit status: 0 done, 2 failed."""
    from guetteur.transport.client import DaemonClient  # noqa: PLC0415

    settings = load_settings()
    if not accept_size:
        try:
            with DaemonClient(settings) as client:
                _, body = client.request("/v1/lists/sync", {}, timeout_s=600)
            answer: dict[str, Any] = msgspec.json.decode(body)
            _finish_sync(answer, as_json=as_json)
        except DaemonUnreachableError:
            pass  # nobody runs: done here instead
    from guetteur.sync_worker import renew  # noqa: PLC0415

    result = renew(settings.data_dir, settings.state_dir, accept_size=accept_size)
    nothing = {"outcome": "no_source", "version": None, "received": 0, "error": None}
    _finish_sync(nothing if result is None else msgspec.to_builtins(result), as_json=as_json)


def _finish_sync(answer: dict[str, Any], *, as_json: bool) -> None:
    error = answer.get("error")
    if as_json:
        click.echo(msgspec.json.encode(answer).decode())
    elif error:
        raise GuetteurError(error["code"], error["message"], error["hint"])
    elif answer["outcome"] == "no_source":
        raise GuetteurError("no_source", "no repository of lists is known", "set GUETTEUR_LISTS_URL to a published one")
    else:
        click.echo(f"{answer['outcome']}: version {answer['version']}, {answer['received']:,} bytes received")
    sys.exit(FAILED if error or answer["outcome"] == "no_source" else 0)


@lists.command("status")
@_json
def list_status(as_json: bool) -> None:
    """Say which lists are stored, how old they are and how the last renewal went."""
    from guetteur.lists.sync import read_status  # noqa: PLC0415

    status = read_status(_store(), now_utc())
    if as_json:
        click.echo(msgspec.json.encode(status).decode())
        return
    if status.version is None:
        click.echo("no list is stored: the one shipped with guetteur serves")
    else:
        days = (status.age_s or 0) / 86_400
        click.echo(f"version {status.version}, {days:.1f} days old{', stale' if status.stale else ''}")
    if status.held:
        click.echo(f"rolled back from: {', '.join(status.held)}")
    if status.last_success:
        click.echo(f"last renewed: {status.last_success:%Y-%m-%d %H:%M} UTC")
    if status.last_error:
        click.echo(f"last failure: {status.last_error.message}\n            → {status.last_error.hint}")


@lists.command("sources")
@_json
@click.option("--lang", type=click.Choice(["fr", "en"]), default=None, help="Language (default: the system's).")
def list_sources(as_json: bool, lang: str | None) -> None:
    """Say whose lists are in use, under which terms, and how old what they gave is."""
    used, now = _used(), now_utc()
    sources = load_starter_sources(load_settings().data_dir) if used is None else used.manifest.sources
    if as_json:
        click.echo(msgspec.json.encode(sources).decode())
        return
    words = _SOURCES[language(lang)]
    click.echo(words["starter" if used is None else "stored"].format(version=used.version if used else ""))
    for one in sources:
        told = [one.licence or words["no_licence"]]
        if one.entries is not None:
            told.append(words["entries"].format(entries=one.entries))
        if one.fetched_at is not None:
            days = max(0, (now - one.fetched_at).days)
            told.append(words["fetched"].format(at=one.fetched_at, days=days))
        click.echo(f"  {one.name} : {', '.join(told)}\n    {one.url or ''}".rstrip())


def _used() -> Generation | None:
    """The stored lists that a check takes; None while the list shipped in the package serves."""
    from guetteur.lists.newest import open_newest  # noqa: PLC0415 -- as in _store

    opened = open_newest(_store(), set())
    if opened is None:
        return None
    opened.lease.close()
    return opened.lease.generation


@lists.command("rollback")
@click.argument("generation", type=int, required=False)
def rollback(generation: int | None) -> None:
    """Go back to the list before (or to GENERATION), and stay there until a newer one than today's is published."""
    back = _store().rollback(generation)
    click.echo(f"version {back.version} is in use; a running daemon takes it up within 20 seconds")


@lists.command("release")
def release_held() -> None:
    """Take up again versions that were rolled back from, at the next renewal."""
    _store().release()


@lists.command("explain")
@click.argument("address", metavar="HOST")
@_blocklists
@_json
def explain_host(address: str, blocklists: Path, as_json: bool) -> None:
    """For maintainers: which sources list HOST, since when, and which rule decided."""
    from guetteur.publish.explain import explain  # noqa: PLC0415

    found = explain(blocklists, blocklists / ".work", address)
    if as_json:
        click.echo(msgspec.json.encode([finding._asdict() for finding in found]).decode())
        return
    if not found:
        click.echo(f"no source names {address}")
    for finding in found:
        verdict = "listed" if finding.listed else f"not listed ({finding.rule})"
        since = f" since {finding.since}" if finding.since else ""
        sources = ", ".join(finding.sources) or "none"
        click.echo(f"{finding.key}: {verdict}{since}; sources: {sources} {finding.detail}".rstrip())


@click.group()
def keys() -> None:
    """The keys that sign the published lists (maintainers)."""


@keys.command("create")
@_keys
@_blocklists
def create_keys(folders: tuple[Path, ...], blocklists: Path) -> None:
    """Make the keys of every role, the first root of trust, and blocklists/root.json, which the package ships."""
    from guetteur.publish.keys import create  # noqa: PLC0415
    from guetteur.publish.rotation import create_repository  # noqa: PLC0415

    ring = _ring(folders, confirm=True)
    made = create(ring, now_utc())
    root = create_repository(blocklists / "repository", ring, now_utc())
    (blocklists / "root.json").write_bytes(root.read_bytes())
    click.echo(f"{len(made)} keys in {folders[0]}; root of trust: {blocklists / 'root.json'}")
    click.echo("keep the root and targets keys offline and apart: two of three root keys can replace every other key")


@keys.command("show")
@_keys
@_json
def show_keys(folders: tuple[Path, ...], as_json: bool) -> None:
    """List the keys in the folders; private halves are not opened."""
    from guetteur.publish.keys import KeyRing  # noqa: PLC0415

    rows = [
        {"role": info.role, "keyid": info.keyid, "created": info.created.isoformat(), "private": info.present}
        for info in KeyRing(folders, b"").show()
    ]
    if as_json:
        click.echo(msgspec.json.encode(rows).decode())
        return
    for row in rows:
        click.echo(f"{row['role']:<12} {row['keyid']} {row['created']} {'here' if row['private'] else 'elsewhere'}")


@keys.command("rotate")
@click.argument("role", type=click.Choice(["root", "targets", "never-block", "snapshot", "timestamp"]))
@click.option("--key", "keyid", help="Only this key (default: all of the role).")
@_keys
@_blocklists
def rotate_keys(role: str, keyid: str | None, folders: tuple[Path, ...], blocklists: Path) -> None:
    """Replace the keys of ROLE and sign anew what they sign; run again, it finishes a rotation that was cut."""
    from guetteur.publish.rotation import rotate  # noqa: PLC0415

    done = rotate(blocklists / "repository", _ring(folders), role, now_utc(), keyid=keyid)  # type: ignore[arg-type]
    click.echo(f"{role}: {len(done.added)} new, {len(done.removed)} gone; root is version {done.root_version}")


@keys.command("timestamp")
@_keys
@_blocklists
def renew_timestamp(folders: tuple[Path, ...], blocklists: Path) -> None:
    """Say again that the published lists are current, between two publishes; needs the online keys alone."""
    from guetteur.publish.repository import refresh_timestamp  # noqa: PLC0415

    done = refresh_timestamp(blocklists / "repository", _ring(folders), now_utc())
    click.echo(f"timestamp {done.timestamp}")


@keys.command("renew-root")
@_keys
@_blocklists
def renew_root_keys(folders: tuple[Path, ...], blocklists: Path) -> None:
    """Sign the same root of trust again with a later expiry; needs two root keys."""
    from guetteur.publish.rotation import renew_root  # noqa: PLC0415

    click.echo(f"root is version {renew_root(blocklists / 'repository', _ring(folders), now_utc())}")


def _store() -> Store:
    from guetteur.lists.store import Store  # noqa: PLC0415 -- tuf: 0.1 s of a command's start

    return Store(load_settings().lists_dir)


def _ring(folders: tuple[Path, ...], *, confirm: bool = False) -> KeyRing:
    from guetteur.publish.keys import KeyRing, read_passphrase  # noqa: PLC0415

    def prompt() -> str:
        answer: str = click.prompt("Passphrase of the keys", hide_input=True, confirmation_prompt=confirm)
        return answer

    return KeyRing(folders, read_passphrase(os.environ, prompt if sys.stdin.isatty() else None))
