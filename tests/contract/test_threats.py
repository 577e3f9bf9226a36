"""The threat model names tests that exist, one at least for each threat, and the documents lead somewhere.

So does what is said of failures, with the words that the person is told.
"""

import ast
import functools
import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "docs/THREAT_MODEL.md"
PRIVACY = ROOT / "docs/PRIVACY.md"
FAILURES = ROOT / "docs/reference/failures.md"
NAMED = re.compile(r"`(tests/[^`]*?)::([^`]+)`")


def section(title: str) -> str:
    """What stands below one heading."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", MODEL.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found, f"no section {title}"
    return found[1]


def rows() -> list[list[str]]:
    """Cells of each row of the table of threats."""
    lines = [line for line in section("Threats and proofs").splitlines() if line.startswith("|")]
    assert lines[0] == "| threat | what is done | proven by |"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@functools.cache
def names_in(path: str) -> frozenset[str]:
    """Names of the tests in one file, read without running it."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    text = file.read_text("utf-8")
    if file.suffix == ".mjs":
        return frozenset(re.findall(r"""^test\(\s*"([^"]+)",""", text, re.MULTILINE))
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def test_there_are_rows() -> None:
    assert len(rows()) >= 15


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:40])
def test_each_threat_has_proofs_that_exist(row: list[str]) -> None:
    assert len(row) == 3, "a | inside a cell?"
    threat, answer, proofs = row
    assert threat
    assert answer
    named = NAMED.findall(proofs)
    assert named, f"nothing proves: {threat}"
    missing = [f"{path}::{name}" for path, name in named if name not in names_in(path)]
    assert not missing
    assert not NAMED.sub("", proofs).strip(), "a proof is a test and nothing else"


def failures() -> list[list[str]]:
    """Cells of each row of the tables of failures."""
    lines = [line for line in FAILURES.read_text("utf-8").splitlines() if line.startswith("| ")]
    heads = [line for line in lines if line.startswith("| what breaks |")]
    assert set(heads) == {"| what breaks | what Guetteur does | what the person is told | proven by |"}
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line not in heads]


@functools.cache
def told() -> tuple[tuple[str, str], ...]:
    """Every sentence that a person may be told, in French and English, the longest first."""
    messages = [
        json.loads((ROOT / f"extension/_locales/{lang}/messages.json").read_text("utf-8")) for lang in ("fr", "en")
    ]
    pairs = [(messages[0][key]["message"], messages[1][key]["message"]) for key in messages[0]]
    doctor = tomllib.loads((ROOT / "daemon/guetteur/transport/doctor_texts.toml").read_text("utf-8"))
    pairs += [(text["text_fr"], text["text_en"]) for text in doctor.values() if "text_fr" in text]
    words = [tomllib.loads((ROOT / f"daemon/guetteur/locales/{lang}.toml").read_text("utf-8")) for lang in ("fr", "en")]
    for name, table in words[0].items():
        if isinstance(table, dict):
            pairs += [(text, words[1][name][key]) for key, text in table.items() if isinstance(text, str)]
    plain = [(french.replace("\N{NO-BREAK SPACE}", " "), english) for french, english in pairs]
    return tuple(sorted(plain, key=lambda pair: -len(pair[0])))


@pytest.mark.parametrize("row", failures(), ids=lambda row: row[0][:40])
def test_each_failure_has_proofs_and_the_words_that_are_told(row: list[str]) -> None:
    assert len(row) == 4, "a | inside a cell?"
    what, answer, said, proofs = row
    assert what
    assert answer
    named = NAMED.findall(proofs)
    assert named, f"nothing proves: {what}"
    assert [f"{path}::{name}" for path, name in named if name not in names_in(path)] == []
    assert not NAMED.sub("", proofs).strip(), "a proof is a test and nothing else"
    for french, english in told():
        said = said.replace(f"« {french} » “{english}”", "")
    assert not re.findall("[«»“”]", said), f"nobody is told this: {said}"


def test_every_name_anywhere_in_the_documents_exists() -> None:
    for document in (MODEL, PRIVACY, FAILURES):
        text = document.read_text("utf-8")
        assert [f"{path}::{name}" for path, name in NAMED.findall(text) if name not in names_in(path)] == []
        paths = re.findall(r"`((?:tests|docs|daemon|extension|blocklists)/[^`:]*)`", text)
        assert [path for path in paths if not (ROOT / path).exists()] == []


def test_what_is_not_yet_proven_names_no_proof() -> None:
    unproven = section("Not yet proven")
    assert "tests/" not in unproven
    assert len(re.findall(r"^- ", unproven, re.MULTILINE)) >= 1
    assert len(re.findall(r"^- ", section("What is not defended"), re.MULTILINE)) >= 5


def anchors(text: str) -> set[str]:
    """Those that headings make."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", [MODEL, PRIVACY, FAILURES], ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", text):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = document if not file else (document.parent / file).resolve()
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link


def test_the_documents_are_found_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in ("THREAT_MODEL.md", "PRIVACY.md", "reference/failures.md"):
        assert f"](docs/{name})" in readme


def test_privacy_says_the_same_in_both_languages() -> None:
    french, english = PRIVACY.read_text("utf-8").split("\n---\n")
    for mark in (r"^## ", r"^\| ", r"^- ", r"^\*\*"):
        assert len(re.findall(mark, french, re.MULTILINE)) == len(re.findall(mark, english, re.MULTILINE)), mark
    assert re.findall(r"^- `(\w+)`", french, re.MULTILINE) == re.findall(r"^- `(\w+)`", english, re.MULTILINE)
    files = [re.findall(r"^\|[^|]*`([\w./-]+)`", part, re.MULTILINE) for part in (french, english)]
    assert files[0] == files[1]


def test_privacy_names_what_the_manifest_declares() -> None:
    manifest = json.loads((ROOT / "extension/manifest.json").read_text("utf-8"))
    declared = manifest["browser_specific_settings"]["gecko"]["data_collection_permissions"]
    explained = set(re.findall(r"^- `(\w+)`", PRIVACY.read_text("utf-8"), re.MULTILINE))
    assert {*declared["required"], *declared.get("optional", [])} - {"none"} == explained
