"""What the documents promise: generated pages are current, links lead somewhere, commands and paths are real."""

import contextlib
import json
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import click
import pytest

from guetteur import cli_reference
from guetteur.core.subject import parse_host_or_url
from guetteur.publish import reference
from guetteur.publish.sources import load_sources

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/reference"
PAGES = reference.PAGES | cli_reference.PAGES
WRITTEN = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "blocklists").rglob("*.md")),
    *sorted(path for path in (ROOT / "tests").rglob("*.md") if path.parent.name in ("mails", "webmails")),
]
GUIDE = ROOT / "docs/guide-utilisateur.md"

LINK = re.compile(r"(!?)\[[^\]]*\]\(([^()\s]+)\)")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
#: Stands for what the reader puts in.
PLACE = re.compile(r"…|\.\.\.|\b(?!README|NOTICE|PRIVACY|THREAT|LICENSE|CHANGELOG)[A-Z]{3,}|\*|\{|<")
#: What looks like a file of ours: in a folder that there is, or with an ending that files here have.
TOP = tuple(sorted(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")))
ENDINGS = (".py", ".md", ".toml", ".js", ".mjs", ".json", ".lock")
#: Made when something runs, or lies in the reader's folders.
MADE = ("build/", "dist/", "lists/", "blocklists/root.json", "blocklists/repository", "blocklists/.work", "tests/data/")
#: Harmless anywhere: they print and end.
SAFE = ("check", "check-mail", "report verify", "report channels", "doctor")


def each(paths: list[Path]) -> list[Any]:
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in paths]


def prose(path: Path) -> str:
    """A document without its blocks of code."""
    return FENCE.sub("", path.read_text("utf-8"))


@cache
def anchors(path: Path) -> frozenset[str]:
    """Names of a document's headings, as GitHub makes them."""
    heads = re.findall(r"^#{1,6} (.+)$", prose(path), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head).strip().lower() for head in heads)
    return frozenset(re.sub(r"[^\w\- ]", "", head).replace(" ", "-") for head in plain)


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_current(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == PAGES[name](), "run: make docs"


def test_every_environment_variable_is_told() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "daemon/guetteur").rglob("*.py"))
    assert set(re.findall(r"\bGUETTEUR_[A-Z_]*[A-Z]", sources)) == set(cli_reference.VARIABLES) - {"XDG_STATE_HOME"}


@pytest.mark.parametrize("path", each(WRITTEN))
def test_links_lead_somewhere(path: Path) -> None:
    wrong = []
    for _, target in LINK.findall(prose(path)):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        found = (path.parent / name).resolve() if name else path
        if not found.exists() or (anchor and anchor not in anchors(found)):
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize("path", each(WRITTEN))
def test_addresses_are_whole_and_https(path: Path) -> None:
    wrong = []
    for _, target in LINK.findall(prose(path)):
        parts = urlsplit(target)
        if "://" in target and not (parts.scheme == "https" and re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", parts.netloc)):
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize("path", each(WRITTEN))
def test_files_named_exist(path: Path) -> None:
    """Seen from the top of the repository, from the package, the extension, the document or its neighbours."""
    roots = [ROOT, ROOT / "daemon/guetteur", ROOT / "extension", ROOT / "blocklists", ROOT / "docs", path.parent]
    wrong = []
    for word in re.findall(r"`([^`\n]+)`", prose(path)):
        if " " in word or PLACE.search(word) or word.startswith(("/", "~", "http", "_", "-", "@")):
            continue
        name = word.partition("::")[0]  # a test in the file: test_threats.py looks for it
        ours = name.startswith(tuple(f"{top}/" for top in TOP)) or (name.endswith(ENDINGS) and "/" in name)
        if ours and not name.startswith(MADE) and not any((root / name.rstrip("/")).exists() for root in roots):
            wrong.append(word)
    assert wrong == []


def commands(path: Path) -> list[str]:
    """Lines of a shell in the blocks of a document, without prompts, comments and what a line feeds or takes."""
    lines = []
    for language, text in FENCE.findall(path.read_text("utf-8")):
        if language == "console":
            lines += [line.strip()[2:] for line in text.splitlines() if line.strip().startswith("$ ")]
        elif language == "sh":
            lines += [line.strip() for line in text.splitlines()]
    return [re.split(r"\s+#|\s+&$|\s+[<>|]", line)[0] for line in lines]


def inline(path: Path, word: str) -> list[str]:
    """What stands between back-quotes and begins with ``word``, and is more than that."""
    return [text for text in re.findall(r"`([^`\n]+)`", prose(path)) if text.startswith(f"{word} ")]


@pytest.mark.parametrize("path", each(WRITTEN))
def test_make_targets_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    told = [*commands(path), *inline(path, "make")]
    named = {line.split()[1] for line in told if line.startswith("make ")}
    assert named - targets == set()


def parse(line: str) -> None:
    """Have the command line read by the real parser; nothing runs."""
    words = [ARGUMENTS.get(word.rstrip("…"), word) for word in shlex.split(line)[1:]]
    command: click.Command = cli_reference.guetteur
    context = click.Context(command, info_name="guetteur")
    while isinstance(command, click.Group):
        assert words, f"{line}: which command?"
        name, found, words = command.resolve_command(context, words)
        assert found is not None, line
        assert name is not None
        command, context = cli_reference.opened(found, name, context)
        if isinstance(command, click.Group) and not words:
            return
    with command.make_context(name, words, parent=context.parent):
        pass  # a file it opened to read is closed again


#: What stands for an argument in the documents, and one that the parser takes.
ARGUMENTS = {"ROLE": "targets", "URL": "https://exemple.fr/", "FILE": str(ROOT / "docs/examples/remboursement.eml")}


@pytest.mark.parametrize("path", each(WRITTEN))
def test_command_lines_are_understood(path: Path) -> None:
    for line in commands(path):
        if line.removeprefix(".venv/bin/").startswith("guetteur "):
            parse(line)
    for line in inline(path, "guetteur"):
        # In a sentence a command may be named without what it takes.
        with contextlib.suppress(click.MissingParameter):
            parse(line)


def examples() -> list[Any]:
    """Commands with what they print, in ``console`` blocks; and without, those in ``sh`` blocks that are safe.

    What needs a line before it has its test in `test_tutorial.py`.
    """
    found = []
    for path in WRITTEN:
        for language, text in FENCE.findall(path.read_text("utf-8")):
            if language == "console" and text.startswith("$ guetteur check"):
                line, _, output = text.partition("\n")
                found.append(pytest.param(line[2:], output, id=f"{path.stem}: {line[2:]}"))
            elif language == "sh":
                found += [
                    pytest.param(line, None, id=f"{path.stem}: {line}")
                    for line in text.splitlines()
                    if line.startswith(tuple(f"guetteur {safe}" for safe in SAFE))
                    and not re.search("--set|build/", line)
                ]
    return found


@pytest.mark.parametrize(("line", "output"), examples())
def test_examples_do_what_is_written(
    line: str, output: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GUETTEUR_HOME", str(tmp_path))
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    command = [sys.executable, "-m", "guetteur", *shlex.split(line)[1:]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode in (0, 1), done.stderr
    assert done.stderr == ""
    if output is not None:
        assert done.stdout.strip("\n") == output.strip("\n")


def test_the_signal_of_the_how_to_is_one() -> None:
    text = (ROOT / "docs/how-to/add-a-signal.md").read_text("utf-8")
    (code,) = (textwrap.dedent(block) for language, block in FENCE.findall(text) if language == "python")
    made: dict[str, Any] = {}
    exec(code, made)
    seen = made["check"](parse_host_or_url("colis-urgent.fr"), SimpleNamespace(trusted=False))
    assert made["check"](parse_host_or_url("colis.fr"), SimpleNamespace(trusted=False)) is None
    assert (seen.signal, (seen.code,)) == (made["SIGNAL"].id, made["SIGNAL"].codes)


def test_the_source_of_the_how_to_is_one(tmp_path: Path) -> None:
    text = (ROOT / "docs/how-to/add-a-source.md").read_text("utf-8")
    (table,) = (textwrap.dedent(block) for language, block in FENCE.findall(text) if language == "toml")
    file = tmp_path / "sources.toml"
    file.write_text((ROOT / "blocklists/sources.toml").read_text("utf-8") + table, "utf-8")
    assert load_sources(file).source[-1].id == "essai"


def test_pages_stand_in_the_index() -> None:
    """README leads to every page but the decisions, which it names as a folder."""
    told = {(ROOT / target.partition("#")[0]).resolve() for _, target in LINK.findall(prose(ROOT / "README.md"))}
    pages = {path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "adr"}
    assert pages - told == set()


def test_pictures_are_shown_and_small() -> None:
    shown = {(path.parent / target).resolve() for path in WRITTEN for mark, target in LINK.findall(prose(path)) if mark}
    assert set((ROOT / "docs/images").iterdir()) - shown == set()
    assert [path.name for path in shown if path.stat().st_size > 100_000] == []


def test_the_guide_names_what_the_interface_says() -> None:
    messages = json.loads((ROOT / "extension/_locales/fr/messages.json").read_text("utf-8"))
    said = {one["message"] for one in messages.values()}
    named = re.findall(r"\*\*«\xa0(.+?)\xa0»\*\*", GUIDE.read_text("utf-8"), re.DOTALL)
    assert len(named) > 20
    assert [words for words in named if words not in said] == []


DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def hour(text: str) -> str:
    whole, _, minutes = text.partition(":")
    return f"{int(whole)}\xa0h" + (f"\xa0{minutes}" if minutes != "00" else "")


def contact_row(one: dict[str, Any]) -> str:
    """A contact of the guide's data, as its table tells it."""
    reach = one.get("phone") or "au dos de votre carte"
    if url := one.get("url"):
        reach = f"[{urlsplit(url).netloc}]({url})"
    when = "jour et nuit" if one.get("always") else "selon l’établissement"
    for open_ in one.get("hours", []):
        days = open_["days"]
        which = "tous les jours" if len(days) == len(DAYS) else f"du {DAYS[days[0] - 1]} au {DAYS[days[-1] - 1]}"
        when = f"{which}, de {hour(open_['from'])} à {hour(open_['to'])}"
    doubt = "" if one["checked"] else " (à vérifier)"
    return f"| {one['name']} | {', '.join(filter(None, [reach, one.get('price')]))} | {when}{doubt} |"


def test_the_guides_numbers_are_those_of_the_data() -> None:
    text = GUIDE.read_text("utf-8")
    contacts = tomllib.loads((ROOT / "blocklists/guide/contacts.toml").read_text("utf-8")).values()
    assert [row for row in map(contact_row, contacts) if row not in text] == []
    known = {one["phone"] for one in contacts if "phone" in one}
    known |= {path.stem for path in (ROOT / "blocklists/channels").glob("[0-9]*.toml") if path.stem.isdigit()}
    assert set(re.findall(r"\b\d(?:[\d ]{2,}\d)\b", text)) - known == set()


def test_french_is_typeset() -> None:
    text = prose(GUIDE)
    assert re.findall(r"[^\s|] [:;!?»]|« |\w'\w", re.sub(r"`[^`\n]+`", "", text)) == []
