"""The person's own address and keys: in the system's keyring where there is one, else in a file only they can read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

import keyring
import keyring.errors
import msgspec

from guetteur.durable import write_durably
from guetteur.errors import GuetteurError, printable
from guetteur.reports.redact import Person
from guetteur.reports.settings import check, fits
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from keyring.backend import KeyringBackend

FILE_NAME = "credentials.json"
SERVICE = "guetteur"
_PROBE = "guetteur-probe"

_WHERE = {
    "keyring": (
        "Vos clés sont dans le trousseau du système ({name}).",
        "Your keys are in the system’s keyring ({name}).",
    ),
    "file": (
        "Pas de trousseau sur ce système : vos clés sont dans le fichier {name}, en clair, lisible par vous seul.",
        "No keyring on this system: your keys are in the file {name}, in the clear, readable by you alone.",
    ),
}


class CredentialError(GuetteurError):
    """An address or key could not be kept or read."""


class Credentials:
    """Values by the id of their need (``blocklists/channels/needs.toml``)."""

    def __init__(self, state_dir: Path, backend: KeyringBackend | None = None) -> None:
        """``backend`` None: the system's, tried once; where it does not work, the file."""
        self.path = state_dir / FILE_NAME
        chosen = backend if backend is not None else _system_keyring()
        self._keyring = chosen if chosen is not None and _works(chosen) else None

    @property
    def kept_in(self) -> Literal["keyring", "file"]:
        """Where new values go."""
        return "file" if self._keyring is None else "keyring"

    def where(self, lang: str) -> str:
        """The same, said plainly."""
        name = printable(self.path) if self._keyring is None else self._keyring.name
        return _WHERE[self.kept_in][lang == "en"].format(name=name)

    def get(self, name: str) -> str | None:
        """The value, or None.

        Raises:
            CredentialError: ``credentials_unreadable``.
        """
        if self._keyring is not None:
            try:
                value = self._keyring.get_password(SERVICE, name)
            except keyring.errors.KeyringError as error:
                raise _unreadable(str(error)) from None
            if value is not None:
                return value
        return self._file().get(name)

    def all(self, names: Iterable[str]) -> dict[str, str]:
        """The values there are, of these names; one that its channel could not use is asked for again like none.

        Raises:
            CredentialError: ``credentials_unreadable``.
        """
        return {name: value for name in names if (value := self.get(name)) and fits(name, value)}

    def person(self) -> Person:
        """Whose name and address must not leave unasked.

        Raises:
            CredentialError: ``credentials_unreadable``.
        """
        return Person(**self.all(Person._fields))

    def set(self, name: str, value: str) -> None:
        """Keep a value; an older one is replaced.

        Raises:
            InvalidInputError: those of `guetteur.reports.settings.check`.
            CredentialError: ``credentials_unwritable``, ``credentials_unreadable``.
        """
        value = value.strip()
        check(name, value)
        if self._keyring is None:
            self._write(self._file() | {name: value})
            return
        try:
            self._keyring.set_password(SERVICE, name, value)
        except keyring.errors.KeyringError as error:
            raise _refused(error) from None
        self._forget_in_file(name)

    def remove(self, name: str) -> None:
        """Forget a value, wherever it is.

        Raises:
            CredentialError: ``credentials_unwritable``, ``credentials_unreadable``.
        """
        if self._keyring is not None:
            try:
                self._keyring.delete_password(SERVICE, name)
            except keyring.errors.PasswordDeleteError:
                pass  # it is not there
            except keyring.errors.KeyringError as error:
                raise _refused(error) from None
        self._forget_in_file(name)

    def _forget_in_file(self, name: str) -> None:
        values = self._file()
        if values.pop(name, None) is not None:
            self._write(values)

    def _file(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except (OSError, *UNREADABLE) as error:
            raise _unreadable(f"{self.path}: {error}") from None

    def _write(self, values: dict[str, str]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_durably(self.path, msgspec.json.encode(values), 0o600)
        except OSError as error:
            reason = error.strerror or str(error)
            raise CredentialError("credentials_unwritable", f"{self.path}: {reason}", "check its rights") from None


def _system_keyring() -> KeyringBackend | None:
    try:
        return keyring.get_keyring()
    except OSError:  # its settings lie below a home that is a file, or has too long a name
        return None


def _works(backend: KeyringBackend) -> bool:
    """Whether it holds what it is given: one that only says so would lose the keys."""
    try:
        if backend.priority <= 0:
            return False
        value = os.urandom(8).hex()
        backend.set_password(SERVICE, _PROBE, value)
        held = backend.get_password(SERVICE, _PROBE) == value
        backend.delete_password(SERVICE, _PROBE)
    except Exception:  # noqa: BLE001 -- backends raise whatever their system does
        return False
    return held


def _refused(error: keyring.errors.KeyringError) -> CredentialError:
    return CredentialError("credentials_unwritable", f"the keyring refuses: {error}", "unlock it")


def _unreadable(what: str) -> CredentialError:
    return CredentialError("credentials_unreadable", what, "unlock the keyring, or remove the file and begin anew")
