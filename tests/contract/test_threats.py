"""The threat model names tests that exist, one at least for each threat; the two documents lead somewhere."""

import ast
import functools
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "docs/THREAT_MODEL.md"
PRIVACY = ROOT / "docs/PRIVACY.md"
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


def test_every_name_anywhere_in_the_two_documents_exists() -> None:
    for document in (MODEL, PRIVACY):
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


@pytest.mark.parametrize("document", [MODEL, PRIVACY], ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", text):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = document if not file else (document.parent / file).resolve()
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link


def test_both_documents_are_found_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in ("THREAT_MODEL.md", "PRIVACY.md"):
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
