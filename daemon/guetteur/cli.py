"""The command line. Exit status: 0 nothing found, 1 danger or caution found, 2 the question could not be answered."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from guetteur import __version__
from guetteur.cli_common import FOUND, fail, json_option, lang_option
from guetteur.config import language, load_settings
from guetteur.errors import GuetteurError

if TYPE_CHECKING:
    from datetime import datetime


class _Commands(click.Group):
    """Turns coded errors into one line and a hint, and a closed pipe into a quiet end."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GuetteurError as error:
            fail(error, ctx)
        except BrokenPipeError:
            # `guetteur scan … | head`: whoever reads has seen enough.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(FOUND)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="guetteur")
def main() -> None:
    """Tells whether a page is really your bank's, the tax office's, the parcel carrier's."""


@main.command()
@click.argument("addresses", metavar="URL...", nargs=-1, required=True)
@click.option("--no-lists", is_flag=True, help="Leave the blocklists out.")
@json_option
@lang_option
def check(addresses: tuple[str, ...], no_lists: bool, as_json: bool, lang: str | None) -> None:
    """Judge web addresses, here and now, without the daemon.

    Exit status: 0 nothing found, 1 danger or caution, 2 not an address.
    """
    from guetteur.cli_output import print_verdicts  # noqa: PLC0415 -- each command loads only what it needs

    settings = load_settings()
    sys.exit(print_verdicts(settings, addresses, with_lists=not no_lists, as_json=as_json, lang=language(lang)))


@main.command("check-mail")
@click.argument("paths", metavar="FILE|DIR|MBOX|-...", nargs=-1, required=True)
@click.option("--no-lists", is_flag=True, help="Leave the blocklists out.")
@json_option
@lang_option
def check_mail(paths: tuple[str, ...], no_lists: bool, as_json: bool, lang: str | None) -> None:
    """Judge mails: .eml files, folders of them, mbox files, or - for one on standard input.

    Exit status: 0 nothing found, 1 danger or caution, 2 something is no mail or cannot be read.
    """
    from guetteur.cli_mail import print_mails  # noqa: PLC0415

    settings = load_settings()
    sys.exit(print_mails(settings, paths, with_lists=not no_lists, as_json=as_json, lang=language(lang)))


@main.command()
@click.argument("answers", metavar="ANSWERS.json", type=click.Path(path_type=Path), required=False)
@click.option("--out", type=click.Path(path_type=Path), default=Path("lettre-de-plainte.pdf"), show_default=True)
@click.option("--annex", "annexes", type=click.Path(path_type=Path), multiple=True, help="A file listed with its hash.")
@click.option(
    "--bundle", "bundles", type=click.Path(path_type=Path), multiple=True, help="A sealed report, listed too."
)
@click.option("--template", is_flag=True, help="Print an empty file of answers and what each field means.")
@lang_option
def letter(answers: Path | None, template: bool, lang: str | None, out: Path, **files: tuple[Path, ...]) -> None:
    """Write the complaint letter (PDF) from a file of answers; what is left out stays blank."""
    from guetteur.cli_letter import make_letter, print_template  # noqa: PLC0415

    if template or answers is None:
        print_template(language(lang))
        return
    sys.exit(make_letter(answers, files["annexes"], files["bundles"], out, language(lang)))


@main.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
@click.option("--no-lists", is_flag=True, help="Leave the blocklists out.")
@click.option("--workers", type=click.IntRange(1, 64), default=None, help="Processes (default: one a processor).")
@lang_option
def scan(file: TextIO, no_lists: bool, workers: int | None, lang: str | None) -> None:
    """Judge a feed: FILE (or - for standard input) holds one host or address a line; one JSON object a line comes out.

    Exit status: 0 nothing found, 1 danger or caution, 2 FILE cannot be read.
    """
    from guetteur.cli_output import progress  # noqa: PLC0415
    from guetteur.scan import scan as scan_lines  # noqa: PLC0415

    settings = load_settings()
    found = False
    results = scan_lines(
        file,
        settings=settings,
        lang=language(lang),
        with_lists=not no_lists,
        workers=workers or os.cpu_count() or 1,
    )
    with progress(file) as advance:
        for answers in results:
            found = found or answers.found
            sys.stdout.buffer.write(answers.text)
            advance(answers.lines)
    sys.stdout.buffer.flush()
    sys.exit(FOUND if found else 0)


@main.command()
@click.argument("lookalikes", metavar="LOOKALIKES.csv", type=click.Path(path_type=Path))
@click.argument("benign", metavar="BENIGN.csv", type=click.Path(path_type=Path))
@click.option("--wrong-labels", type=click.Path(path_type=Path), help="TOML file of rows whose label is wrong.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only look-alikes first seen on this day or later.")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Only look-alikes first seen before this day.")
@click.option("--scored", type=click.Path(path_type=Path), help="Count this file's host,points,level; judge nothing.")
@click.option("--errors", type=click.Path(path_type=Path), help="Write every miss and false alarm to this CSV file.")
@click.option("--workers", type=click.IntRange(1, 64), default=None, help="Processes (default: one a processor).")
@json_option
def evaluate(workers: int | None, since: datetime | None, before: datetime | None, **given: Any) -> None:
    """Measure recall and false alarms on labelled hosts (CSV, plain or .gz), judged by name alone, lists off.

    Exit status: 0 measured, 2 a file cannot be read.
    """
    from guetteur.cli_evaluate import Choices, run  # noqa: PLC0415

    days = [day.date().isoformat() if day is not None else None for day in (since, before)]
    run(
        Choices(**given, since=days[0], before=days[1], workers=workers or os.cpu_count() or 1),
        load_settings().data_dir,
    )


@main.command()
def serve() -> None:
    """Run the daemon in the foreground; the browser's relay starts it by itself."""
    import asyncio  # noqa: PLC0415
    import logging  # noqa: PLC0415

    from guetteur.app import serve as run  # noqa: PLC0415
    from guetteur.cli_output import already_runs  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    settings = load_settings()
    with contextlib.suppress(KeyboardInterrupt):
        running = asyncio.run(run(settings))
        if running is not None:
            click.echo(already_runs(running.pid, language(None)), err=True)


@main.command()
@json_option
@lang_option
def status(as_json: bool, lang: str | None) -> None:
    """Say whether the daemon runs and how old its lists are."""
    from guetteur.cli_output import print_status  # noqa: PLC0415
    from guetteur.transport.client import DaemonClient  # noqa: PLC0415

    with DaemonClient(load_settings()) as client:
        code, body = client.request("/v1/status", timeout_s=5)
    if code != 200:
        raise GuetteurError("status_refused", f"the daemon answered {code}", "look at its log")
    print_status(body, as_json=as_json, lang=language(lang))


@main.command()
@click.option("--clear", is_flag=True, help="Forget all of it first.")
@json_option
@lang_option
def egress(clear: bool, as_json: bool, lang: str | None) -> None:
    """Say what left this computer: every contact with another one, of the last 90 days, the newest first."""
    from guetteur import cli_privacy  # noqa: PLC0415

    cli_privacy.egress(load_settings(), clear=clear, as_json=as_json, lang=language(lang))


@main.command()
@click.option("--clear", is_flag=True, help="Forget all of it first.")
@json_option
@lang_option
def history(clear: bool, as_json: bool, lang: str | None) -> None:
    """Say what you were warned of, where you chose in the extension to have it kept."""
    from guetteur import cli_privacy  # noqa: PLC0415

    cli_privacy.history(load_settings(), clear=clear, as_json=as_json, lang=language(lang))


@main.command("native-host")
def native_host() -> NoReturn:
    """Relay frames between a browser and the daemon (browsers start this; people do not)."""
    from guetteur.transport.native_host import main as relay  # noqa: PLC0415

    sys.exit(relay())


@main.command()
@click.option("--browser", "browsers", multiple=True, help="Only this browser, found or not (repeatable).")
@click.option("--user-data-dir", type=click.Path(path_type=Path), help="A Chromium profile folder of its own.")
@click.option("--autostart", is_flag=True, help="Start with the session too; a browser starts it otherwise.")
@json_option
@lang_option
def install(
    browsers: tuple[str, ...], user_data_dir: Path | None, autostart: bool, as_json: bool, lang: str | None
) -> None:
    """Tell the browsers of this user about Guetteur, and say what was done."""
    from guetteur import cli_install  # noqa: PLC0415

    settings, asked = load_settings(), browsers or None
    sys.exit(
        cli_install.install(
            settings, asked, user_data_dir, with_autostart=autostart, as_json=as_json, lang=language(lang)
        )
    )


@main.command()
@click.option("--browser", "browsers", multiple=True, help="Only this browser (repeatable).")
@click.option("--user-data-dir", type=click.Path(path_type=Path), help="A Chromium profile folder of its own.")
@click.option("--forget", is_flag=True, help="Also erase your choices, reports, evidence and keys, for ever.")
@click.option("--yes", "sure", is_flag=True, help="Do not ask before erasing.")
@json_option
@lang_option
def uninstall(browsers: tuple[str, ...], user_data_dir: Path | None, lang: str | None, **how: bool) -> None:
    """Stop Guetteur and remove what `install` wrote; your own data stays unless you say --forget."""
    from guetteur import cli_install  # noqa: PLC0415

    sys.exit(cli_install.uninstall(load_settings(), browsers or None, user_data_dir, lang=language(lang), **how))


@main.command()
@click.option("--wait", is_flag=True, help="Wait for a key at the end (the menu entry).")
@json_option
@lang_option
def doctor(wait: bool, as_json: bool, lang: str | None) -> None:
    """Say what is wrong and how to mend it. Exit status: 0 all well, 1 something is wrong."""
    from guetteur import cli_install  # noqa: PLC0415

    sys.exit(cli_install.doctor(load_settings(), as_json=as_json, lang=language(lang), wait=wait))


class _Later(click.Group):
    """Stands in for a group whose module is only imported when it is used."""

    def __init__(self, name: str, module: str, short_help: str) -> None:
        super().__init__(name, help=short_help)
        self._module = module

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        group: click.Group = getattr(importlib.import_module(self._module), str(self.name))
        return group.make_context(info_name, args, parent, **extra)


main.add_command(
    _Later("lists", "guetteur.cli_lists", "The blocklists of this machine: sync, status, sources, rollback, explain.")
)
main.add_command(
    _Later("report", "guetteur.cli_report", "Report a scam to those who can act; seal the evidence; what came of it.")
)
main.add_command(_Later("keys", "guetteur.cli_lists", "The keys that sign the published lists (maintainers)."))
