"""Keys: in a keyring that works, else in a file only the person can read; where is said."""

import os
import stat
from pathlib import Path

import keyring.backend
import keyring.backends.fail
import keyring.errors
import msgspec
import pytest

from guetteur.errors import InvalidInputError
from guetteur.reports.credentials import CredentialError, Credentials
from guetteur.reports.redact import Person
from guetteur.texts import told


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory; `broken` as a locked one is."""

    priority = 0.5  # works, and is chosen by nobody who looks for a keyring
    name = "Test ring"

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[tuple[str, str], str] = {}
        self.broken = False
        self.forgetful = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.values.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        if not self.forgetful:
            self.values[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.values.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not there")

    def _check(self) -> None:
        if self.broken:
            raise keyring.errors.KeyringLocked("locked")


def test_a_keyring_that_works_is_used(tmp_path: Path) -> None:
    ring = Ring()
    keys = Credentials(tmp_path, ring)
    keys.set("spamhaus_token", " abc\n")
    assert ring.values == {("guetteur", "spamhaus_token"): "abc"}
    assert keys.all(["spamhaus_token", "email"]) == {"spamhaus_token": "abc"}
    assert (keys.kept_in, not keys.path.exists()) == ("keyring", True)
    assert "Test ring" in keys.where("fr")
    keys.remove("spamhaus_token")
    keys.remove("spamhaus_token")
    assert ring.values == {}


@pytest.mark.parametrize("trouble", ["fail", "broken", "forgetful"])
def test_else_a_file_of_ones_own(tmp_path: Path, trouble: str) -> None:
    ring: keyring.backend.KeyringBackend
    if trouble == "fail":
        ring = keyring.backends.fail.Keyring()
    else:
        ring = Ring()
        setattr(ring, trouble, True)
    keys = Credentials(tmp_path / "state", ring)
    keys.set("email", "claire@exemple.fr")
    assert Credentials(tmp_path / "state", ring).get("email") == "claire@exemple.fr"
    if os.name != "nt":
        assert stat.S_IMODE(keys.path.stat().st_mode) == 0o600
    assert keys.kept_in == "file"
    assert str(keys.path) in keys.where("fr")
    assert "in the clear" in keys.where("en")
    keys.remove("email")
    assert keys.get("email") is None


def test_a_key_moves_from_the_file_to_the_keyring(tmp_path: Path) -> None:
    Credentials(tmp_path, keyring.backends.fail.Keyring()).set("email", "a@b.fr")
    keys = Credentials(tmp_path, Ring())
    assert keys.get("email") == "a@b.fr"
    keys.set("email", "c@d.fr")
    assert b"a@b.fr" not in keys.path.read_bytes()


def test_a_keyring_locked_later_is_said(tmp_path: Path) -> None:
    ring = Ring()
    keys = Credentials(tmp_path, ring)
    ring.broken = True
    for ask in (lambda: keys.get("email"), lambda: keys.set("email", "a@b.fr"), lambda: keys.remove("email")):
        with pytest.raises(CredentialError) as caught:
            ask()
        assert "unlock" in caught.value.hint


@pytest.mark.parametrize("value", ["", "  ", "a\nb", "a\x00b", "x" * 5_000])
def test_what_is_no_key(tmp_path: Path, value: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Credentials(tmp_path, Ring()).set("spamhaus_token", value)
    assert caught.value.code == "credential_invalid"


@pytest.mark.parametrize(
    ("name", "good", "bad", "code"),
    [
        ("email", "claire@exemple.fr", ["claire", "claire@exemple", "a b@c.fr", "a..b@c.fr"], "credential_email"),
        ("smtp_host", "smtp.exemple.fr", ["smtp exemple", "smtp.exemple.fr:587", "https://smtp.exemple.fr"],
         "credential_server"),
        ("smtp_port", "465", ["abc", "0", "65536", "-1", "5 8", "٥"], "credential_port"),
        ("intake_url", "https://intake.exemple/report", ["https://[intake.exemple/report", "https://intake.exemple:x/",
         "intake.exemple/report", "http://intake.exemple/", "ftp://127.0.0.1/", "https://"], "credential_url"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_said_and_stops_nothing(
    tmp_path: Path, name: str, good: str, bad: list[str], code: str
) -> None:
    keys = Credentials(tmp_path, keyring.backends.fail.Keyring())
    for value in bad:
        with pytest.raises(InvalidInputError) as caught:
            keys.set(name, value)
        assert caught.value.code == code, value
        assert told(caught.value, "en") == (caught.value.message, caught.value.hint)
        assert told(caught.value, "fr").hint != caught.value.hint
        # One that was kept all the same is as if it were not there.
        keys.path.write_bytes(msgspec.json.encode({name: value}))
        assert keys.all([name]) == {}
        assert keys.get(name) == value
    keys.set(name, good)
    assert keys.all([name]) == {name: good}


def test_the_person_is_known_by_their_settings(tmp_path: Path) -> None:
    keys = Credentials(tmp_path, Ring())
    assert keys.person() == Person()
    keys.set("email", "claire@exemple.fr")
    keys.set("name", "Claire Martin")
    assert keys.person() == Person("claire@exemple.fr", "Claire Martin")


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    keys = Credentials(tmp_path, keyring.backends.fail.Keyring())
    for damaged in (b"[", b'{"email": "\xff"}'):
        keys.path.write_bytes(damaged)
        with pytest.raises(CredentialError):
            keys.get("email")
