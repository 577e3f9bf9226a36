"""On the evaluation mails (GUETTEUR_DATA): a message reads as the standard library reads it, where that manages."""

import email
import email.policy
import os
import tarfile
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import pytest

from guetteur.core.mail.eml import read_raw
from guetteur.core.mail.mime import Tree
from guetteur.lists.knowledge import Knowledge

DATA = Path(os.environ.get("GUETTEUR_DATA", Path(__file__).parents[3] / "shared/data")) / "mail"
ARCHIVES = ("phishing_mails.tar.xz", "ham_mails.tar.xz")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="no evaluation data: set GUETTEUR_DATA"),
    pytest.mark.timeout(120),
]


@pytest.fixture(scope="module")
def raws() -> list[bytes]:
    found = []
    for name in ARCHIVES:
        with tarfile.open(DATA / name) as archive:
            found += [archive.extractfile(member).read() for member in archive if member.isfile()]
    return found


def test_the_same_parts(raws: list[bytes]) -> None:
    differ = 0
    for raw in raws:
        theirs = [part.get_content_type() for part in email.message_from_bytes(raw).walk() if not part.is_multipart()]
        inner = any(part.get_content_type().startswith("message/") for part in email.message_from_bytes(raw).walk())
        ours = [part.kind for part, _ in Tree(raw).leaves()]
        differ += ours != theirs and not inner  # attached messages are left whole here
    assert differ <= len(raws) // 200


def test_the_same_sender_and_subject(raws: list[bytes], knowledge: Knowledge) -> None:
    senders = subjects = 0
    for raw in raws:
        ours, theirs = read_raw(raw, knowledge.receivers), email.message_from_bytes(raw)
        address = parseaddr(str(theirs["From"] or ""))[1]
        # Unquoted commas in names, as swindlers write them, leave the standard library without an address.
        senders += "@" in address and ours.sender.address.lower() != address.lower()
        try:
            subject = str(make_header(decode_header(str(theirs["Subject"] or ""))))
        except (LookupError, UnicodeError, ValueError):
            continue
        if "\ufffd" in subject:
            continue  # bytes without a character set: read as UTF-8 here, as webmails do
        subjects += "".join(ours.subject.split()) != "".join(subject.split())
    assert senders <= len(raws) // 50
    assert subjects <= len(raws) // 50
