"""The key of an installation: one, private, made once, never replaced in silence."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from guetteur.reports.signing import FILE_NAME, SigningError, is_signed, key_id, load_key, own_public


def test_is_made_once_and_kept_private(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert own_public(state) is None
    key = load_key(state)
    assert stat.S_IMODE((state / FILE_NAME).stat().st_mode) == 0o600
    assert load_key(state).public == key.public == own_public(state)
    assert key.id == key_id(key.public)
    assert is_signed(b"a", key.sign(b"a"), key.public)
    assert not is_signed(b"b", key.sign(b"a"), key.public)
    assert not is_signed(b"a", b"", b"")


def test_a_key_left_open_is_closed_again(tmp_path: Path) -> None:
    load_key(tmp_path)
    (tmp_path / FILE_NAME).chmod(0o644)
    load_key(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\xff" * 99]
)
def test_a_damaged_key_is_told_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(SigningError) as caught:
        load_key(tmp_path)
    assert caught.value.code == "report_key_damaged"
    assert caught.value.hint
    assert (tmp_path / FILE_NAME).read_bytes() == content
    assert own_public(tmp_path) is None


def test_a_key_of_another_kind_is_damaged_too(tmp_path: Path) -> None:
    subprocess.run(["openssl", "genpkey", "-algorithm", "x25519", "-out", tmp_path / FILE_NAME], check=True)
    with pytest.raises(SigningError, match="damaged"):
        load_key(tmp_path)


def test_where_none_can_be_made_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SigningError) as caught:
        load_key(tmp_path / "file")
    assert caught.value.code == "report_key_unwritable"


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from guetteur.reports.signing import load_key\n"
        "print(load_key(Path(sys.argv[1])).id)"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "state")], stdout=subprocess.PIPE)
        for _ in range(6)
    ]
    ids = {process.communicate(timeout=50)[0] for process in running}
    assert len(ids) == 1
    assert len(ids.pop().strip()) == 32
