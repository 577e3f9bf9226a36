"""``guetteur lists`` (what this machine holds; for maintainers: why) and ``guetteur keys`` (who signs)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from guetteur.app import load_starter_sources, now_utc
from guetteur.cli_common import FAILED, colon, json_option, lang_option
from guetteur.config import language, load_settings
from guetteur.errors import DaemonUnreachableError, GuetteurError
from guetteur.texts import told

if TYPE_CHECKING:
    from guetteur.lists.generation import Generation
    from guetteur.lists.store import Store
    from guetteur.publish.keys import KeyRing

BLOCKLISTS = Path("blocklists")

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


_WORDS = {
    "fr": {
        "updated": "Les listes {version} sont en place ({received} octets reçus).",
        "up_to_date": "Les listes {version} sont déjà les plus récentes.",
        "held": "Les listes {version} restent : vous êtes revenu en arrière depuis la version publiée.",
        "busy": "Un autre Guetteur renouvelle déjà les listes.",
        "shipped": "Aucune liste n’est enregistrée : celle livrée avec Guetteur sert.",
        "age": "Listes {version}, datées de {days} jours.",
        "stale": "Ces listes sont anciennes.",
        "left_out": "Versions écartées, dont vous êtes revenu en arrière : {held}",
        "renewed": "Dernier renouvellement : {at:%Y-%m-%d %H:%M} UTC",
        "failure": "Dernier échec : {text}",
        "rolled_back": "Les listes {version} sont en place ; si Guetteur tourne, il les prend dans les 20 secondes.",
        "released": "Les versions écartées pourront être reprises au prochain renouvellement.",
        "starter": "Les listes livrées avec Guetteur servent ; elles viennent de :",
        "stored": "Les listes {version} servent ; elles viennent de :",
        "no_licence": "licence non précisée",
        "entries": "{entries} adresses",
        "fetched": "du {at:%Y-%m-%d} (il y a {days} j)",
    },
    "en": {
        "updated": "The lists {version} are in place ({received} bytes received).",
        "up_to_date": "The lists {version} are the newest already.",
        "held": "The lists {version} stay: you went back from the published version.",
        "busy": "Another Guetteur is renewing the lists already.",
        "shipped": "No list is stored: the one shipped with Guetteur serves.",
        "age": "Lists {version}, {days} days old.",
        "stale": "These lists are old.",
        "left_out": "Versions you went back from: {held}",
        "renewed": "Last renewed: {at:%Y-%m-%d %H:%M} UTC",
        "failure": "Last failure: {text}",
        "rolled_back": "The lists {version} are in use; a running Guetteur takes them up within 20 seconds.",
        "released": "Versions you went back from can be taken up again at the next renewal.",
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
@json_option
@lang_option
def sync_lists(accept_size: bool, as_json: bool, lang: str | None) -> None:
    """Renew the lists now, through the running daemon where there is one. Exit status: 0 done, 2 failed."""
    from guetteur.transport.client import DaemonClient  # noqa: PLC0415

    settings = load_settings()
    if not accept_size:
        try:
            with DaemonClient(settings) as client:
                _, body = client.request("/v1/lists/sync", {}, timeout_s=600)
            answer: dict[str, Any] = msgspec.json.decode(body)
            _finish_sync(answer, language(lang), as_json=as_json)
        except DaemonUnreachableError:
            pass  # nobody runs: done here instead
    from guetteur.sync_worker import renew  # noqa: PLC0415

    result = renew(settings.data_dir, settings.state_dir, accept_size=accept_size)
    nothing = {"outcome": "no_source", "version": None, "received": 0, "error": None}
    _finish_sync(nothing if result is None else msgspec.to_builtins(result), language(lang), as_json=as_json)


def _finish_sync(answer: dict[str, Any], lang: str, *, as_json: bool) -> None:
    error = answer.get("error")
    if as_json:
        click.echo(msgspec.json.encode(answer).decode())
    elif error:
        raise GuetteurError(error["code"], error["message"], error["hint"])
    elif answer["outcome"] == "no_source":
        raise GuetteurError("no_source", "no repository of lists is known", "set GUETTEUR_LISTS_URL to a published one")
    else:
        received = f"{answer['received']:,}".replace(",", "\u00a0" if lang == "fr" else ",")
        said = _WORDS[lang][answer["outcome"]]
        click.echo(said.format(version=answer["version"], received=received))
    sys.exit(FAILED if error or answer["outcome"] == "no_source" else 0)


@lists.command("status")
@json_option
@lang_option
def list_status(as_json: bool, lang: str | None) -> None:
    """Say which lists are stored, how old they are and how the last renewal went."""
    from guetteur.lists.sync import read_status  # noqa: PLC0415

    status = read_status(_store(), now_utc())
    if as_json:
        click.echo(msgspec.json.encode(status).decode())
        return
    lang = language(lang)
    words, days = _WORDS[lang], int((status.age_s or 0) // 86_400)
    click.echo(words["shipped" if status.version is None else "age"].format(version=status.version, days=days))
    if status.version is not None and status.stale:
        click.echo(words["stale"])
    if status.held:
        click.echo(words["left_out"].format(held=", ".join(status.held)))
    if status.last_success:
        click.echo(words["renewed"].format(at=status.last_success))
    if failure := status.last_error:
        said = told(GuetteurError(failure.code, failure.message, failure.hint), lang)
        click.echo(f"{words['failure'].format(text=said.text)}\n  → {said.hint}")


@lists.command("sources")
@json_option
@lang_option
def list_sources(as_json: bool, lang: str | None) -> None:
    """Say whose lists are in use, under which terms, and how old what they gave is."""
    used, now = _used(), now_utc()
    sources = load_starter_sources(load_settings().data_dir) if used is None else used.manifest.sources
    if as_json:
        click.echo(msgspec.json.encode(sources).decode())
        return
    lang = language(lang)
    words = _WORDS[lang]
    click.echo(words["starter" if used is None else "stored"].format(version=used.version if used else ""))
    for one in sources:
        about = [one.licence or words["no_licence"]]
        if one.entries is not None:
            about.append(words["entries"].format(entries=one.entries))
        if one.fetched_at is not None:
            days = max(0, (now - one.fetched_at).days)
            about.append(words["fetched"].format(at=one.fetched_at, days=days))
        click.echo(f"  {one.name}{colon(lang)}{', '.join(about)}\n    {one.url or ''}".rstrip())


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
@lang_option
def rollback(generation: int | None, lang: str | None) -> None:
    """Go back to the list before (or to GENERATION), and stay there until a newer one than today's is published."""
    back = _store().rollback(generation)
    click.echo(_WORDS[language(lang)]["rolled_back"].format(version=back.version))


@lists.command("release")
@lang_option
def release_held(lang: str | None) -> None:
    """Take up again versions that were rolled back from, at the next renewal."""
    _store().release()
    click.echo(_WORDS[language(lang)]["released"])


@lists.command("explain")
@click.argument("address", metavar="HOST")
@_blocklists
@json_option
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
    """Make the keys of every role, the first root of trust, and blocklists/root.json, which the package ships.

    Run again, it finishes what was cut.
    """
    from guetteur.publish.rotation import create_all  # noqa: PLC0415

    made = create_all(blocklists, _ring(folders, confirm=True), now_utc())
    click.echo(f"{len(made)} keys in {folders[0]}; root of trust: {blocklists / 'root.json'}")
    click.echo("keep the root and targets keys offline and apart: two of three root keys can replace every other key")


@keys.command("show")
@_keys
@json_option
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
