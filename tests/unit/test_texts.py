"""Every error that can reach a person has a text in both languages; a new code without one fails here."""

import ast
import errno
import re
import socket
import string
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import guetteur
from guetteur.errors import GuetteurError, InvalidInputError, printable
from guetteur.texts import LANGUAGES, error_texts, system_reason, told

ROOT = Path(guetteur.__file__).parent

MAINTAINERS = ("publish/", "evaluate/", "cli_evaluate.py")
"""Tools of those who publish lists and measure: told in English."""

EXTENSION = {
    *("body_cut", "body_refused", "body_too_large", "header_refused", "method_not_allowed", "not_json", "path_refused"),
    *("query_refused", "replayed", "web_page_refused", "wrong_host", "wrong_version", "bad_request", "check_too_slow"),
    *("evidence_invalid", "evidence_order", "evidence_too_large", "invalid_base64", "invalid_json", "invalid_request"),
    *("item_path", "item_time", "item_twice", "kind_unfit", "no_address", "no_bundle", "not_previewed"),
    *("nothing_to_read", "report_sent", "report_unknown", "bad_frame", "frame_too_large"),
    "no_such_moment",
}
"""No command asks so that it would be answered with these. The extension, which is, has words of its own."""

COMPUTED = {
    "cli_lists.py": set(),  # what the daemon answered: the other codes of this table
    "core/suffixes.py": set(),
    "lists/shipped.py": {
        f"{name}_{what}"
        for name in ("knowledge", "model", "registries", "repository", "starter_sources", "channels")
        for what in ("missing", "damaged")
    },
    "lists/status.py": {"clock_wrong"},
    "reports/settings.py": {"credential_email", "credential_server", "credential_port", "credential_url"},
    "lists/trust.py": {
        *("clock_wrong", "lists_encoded", "lists_slow", "lists_too_large"),
        *("lists_redirected", "lists_refused", "lists_unreachable"),
    },
    "transport/client.py": {
        *("daemon_unreachable", "daemon_timeout", "bad_answer", "answer_not_verified", "answer_too_large"),
    },
    "web/guard.py": {"no_such_path", "method_not_allowed", "bad_request"},
}
"""Codes that stand in no call as a word, by file."""

RETOLD = {
    "cli_output.py",
    "cli_privacy.py",
    "transport/doctor.py",
    "transport/native_host.py",
    "web/report_channels.py",
}
"""Files that hand on a code raised elsewhere."""

WITHOUT_PARAMS = ("lists/", "store/", "renewer.py", "web/guard.py", "web/routes_privacy.py")
"""Whose errors also come over the wire or from a record, which carry no parameters."""


class Raised(NamedTuple):
    """One place that makes an error."""

    file: str
    line: int
    code: str | None
    params: frozenset[str]


def raised() -> Iterator[Raised]:
    trees = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_bytes()) for path in sorted(ROOT.rglob("*.py"))}
    errors = {"GuetteurError", "Fault", "Failure"}
    classes = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while new := {c.name for c in classes if {_name(base) for base in c.bases} & errors} - errors:
        errors |= new
    for file, tree in trees.items():
        if file.startswith(MAINTAINERS):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or _name(node.func) not in errors | {"error", "_RefusedError"}:
                continue
            if _name(node.func) == "error" and not ast.unparse(node.func).endswith("frames.error"):
                continue
            at = 1 if _name(node.func) in ("error", "_RefusedError") else 0
            first = node.args[at] if len(node.args) > at else None
            code = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
            names = frozenset(one.arg for one in node.keywords if one.arg is not None)
            yield Raised(file, node.lineno, code, names)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def placeholders(code: str) -> set[str]:
    return {
        name
        for lang in LANGUAGES
        for text in error_texts(lang)["error"][code]
        for _, name, _, _ in string.Formatter().parse(text)
        if name is not None
    }


def test_every_code_that_reaches_a_person_has_words() -> None:
    found = list(raised())
    assert len(found) > 150
    codes = {one.code for one in found if one.code is not None}
    for one in found:
        if one.code is None:
            assert one.file in COMPUTED.keys() | RETOLD, f"{one.file}:{one.line} computes its code: name it in COMPUTED"
    codes |= {code for computed in COMPUTED.values() for code in computed}
    assert not EXTENSION - codes
    for lang in LANGUAGES:
        written = set(error_texts(lang)["error"])
        assert codes - EXTENSION - written == set(), f"no text in {lang}"
        assert written - codes == set(), f"texts in {lang} that nothing raises"


def test_what_a_text_fills_in_is_given_where_the_error_is_made() -> None:
    for one in raised():
        if one.code is None or one.code in EXTENSION or one.file in RETOLD:
            continue
        wanted = placeholders(one.code)
        assert wanted <= one.params, f"{one.file}:{one.line} {one.code} lacks {wanted - one.params}"
        if one.file.startswith(WITHOUT_PARAMS):
            assert not wanted, f"{one.code} is told from the wire, where {wanted} are not known"


def test_both_languages_say_the_same_and_are_written_well() -> None:
    french, english = error_texts("fr"), error_texts("en")
    assert french["error"].keys() == english["error"].keys()
    assert french["system"].keys() == english["system"].keys()
    for code, told_fr in french["error"].items():
        told_en = english["error"][code]
        assert all((*told_fr, *told_en)), code
        for ours, theirs in zip(told_fr, told_en, strict=True):
            assert re.findall(r"\{\w+\}", ours) == re.findall(r"\{\w+\}", theirs), code
            assert ours != theirs or ours.startswith("chmod"), code
            assert not re.search(r"[^\u00a0][;!?»]|[^\u00a0]:(?= )|«[^\u00a0]|'", ours), (code, ours)
            assert "'" not in theirs, (code, theirs)
            assert not ours.endswith("."), code
            assert not theirs.endswith("."), code


def test_an_error_is_told_in_both_languages_with_what_it_is_about() -> None:
    refused = PermissionError(errno.EACCES, "Permission denied")
    error = InvalidInputError("file_unreadable", "a.json cannot be read", "…", path="a.json", reason=refused)
    assert told(error, "fr").text == "a.json ne peut pas être lu\u00a0: l’accès est refusé"
    assert told(error, "en").text == "a.json cannot be read: access is denied"


def test_what_has_no_words_is_told_in_its_own() -> None:
    assert told(GuetteurError("of_a_later_version", "something new", "update"), "fr") == ("something new", "update")
    bare = GuetteurError("file_unreadable", "from a record, without parameters", "hint")
    assert told(bare, "fr").text == "from a record, without parameters"


@pytest.mark.parametrize(
    "name",
    ["ENOSPC", "EACCES", "EROFS", "EISDIR", "ENOENT", "ENOTDIR", "EIO", "ETIMEDOUT", "ECONNREFUSED", "ENAMETOOLONG"],
)
def test_reasons_of_the_system(name: str) -> None:
    error = OSError(getattr(errno, name), "in English")
    french, english = (system_reason(error, lang) for lang in ("fr", "en"))
    assert french != english
    assert name not in french + english


def test_rare_reasons_of_the_system() -> None:
    assert system_reason(OSError(errno.EXDEV, "cross"), "fr") == "erreur EXDEV du système"
    assert system_reason(TimeoutError("late"), "en") == "no answer in time"
    assert system_reason(socket.gaierror(-2, "Name or service not known"), "fr") == "le nom du serveur n’est pas trouvé"
    assert system_reason(OSError("odd"), "en") == "system error OSError"


def test_a_path_that_is_no_text_is_written_out() -> None:
    assert printable("/home/\udce9ric/é") == "/home/\\xe9ric/é"
    assert printable("half \ud800 a pair") == "half \\ud800 a pair"
    error = GuetteurError("x", "/home/\udce9ric is odd", "look at /home/\udce9ric")
    assert (error.message.encode(), error.hint.encode()) == (b"/home/\\xe9ric is odd", b"look at /home/\\xe9ric")
