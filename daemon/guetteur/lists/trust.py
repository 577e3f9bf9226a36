"""The TUF side of a sync: verified metadata, verified targets, every failure a coded error.

What tuf trusts so far lies in ``lists/tuf`` and survives restarts: that is what makes a rollback visible.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from securesystemslib.exceptions import StorageError
from tuf.api import exceptions as tuf_errors
from tuf.api.serialization import DeserializationError
from tuf.ngclient.config import UpdaterConfig

from guetteur.durable import sync_file
from guetteur.errors import GuetteurError
from guetteur.lists.fetcher import EncodedError
from guetteur.lists.index import NEVER_BLOCK_FIELD, NEVER_BLOCK_ROLE, NEVER_BLOCK_TARGET
from guetteur.lists.status import CLOCK_SLACK, CLOCK_WRONG
from guetteur.lists.tufapi import Updater

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from guetteur.lists.fetcher import ListFetcher
    from guetteur.lists.tufapi import Root, TargetFile, Targets

_KEEP = "the last good list stays in use"

# Metadata with lengths in its parent is capped by those; these caps are for timestamp and root alone, and keep the
# deadline of a file, which grows with its cap, short.
_CAPS = UpdaterConfig(
    max_delegations=2,
    root_max_length=128_000,
    timestamp_max_length=16_384,
    snapshot_max_length=128_000,
    targets_max_length=512_000,
)


class SyncError(GuetteurError):
    """The lists could not be renewed; what was in use still is."""


def reference_time(now: datetime, built_at: datetime | None) -> datetime:
    """The moment expiry is judged by: never before the list in use was made, so a clock set back opens no freeze."""
    now = now.astimezone(UTC)
    return now if built_at is None else max(now, built_at.astimezone(UTC))


class TrustedRepository:
    """One refresh of a repository and the downloads that follow; blocking, for one thread."""

    def __init__(  # noqa: PLR0913 -- where, whom to trust, when
        self, folder: Path, root: bytes, url: str, fetcher: ListFetcher, *, now: datetime, built_at: datetime | None
    ) -> None:
        """Load what is trusted so far.

        Args:
            folder: trusted metadata of this user, under the sync lock.
            root: the root of trust the package ships.
            url: the repository: ``metadata/`` and ``targets/`` lie below it.
            fetcher: brings the files.
            now: the clock's time.
            built_at: when the list in use was made; expiry is never judged by an earlier moment.

        Raises:
            SyncError: ``root_damaged``, ``disk_full`` …
        """
        self._folder = folder
        self._fetcher = fetcher
        self._now = now
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("tmp*"):  # tuf's own temporary files, left by a kill
            left.unlink()
        base = url.rstrip("/")
        try:
            self._updater = Updater(
                str(folder),
                f"{base}/metadata/",
                target_base_url=f"{base}/targets/",
                fetcher=fetcher,
                config=_CAPS,
                bootstrap=root,
            )
        except (tuf_errors.RepositoryError, DeserializationError) as error:
            raise SyncError(
                "root_damaged", f"the shipped root of trust is no root: {error}", "reinstall guetteur"
            ) from None
        # tuf reads the clock itself; ours is passed in. A test fails when this attribute goes.
        self._trusted: Any = self._updater._trusted_set  # noqa: SLF001
        self._trusted.reference_time = reference_time(now, built_at)

    def refresh(self) -> None:
        """Fetch and verify root, timestamp, snapshot, targets.

        Raises:
            SyncError: ``lists_rolled_back``, ``lists_expired``, ``lists_signature``, ``lists_tampered``, … or a
                download's.
        """
        with translated(self._fetcher, self._now):
            self._updater.refresh()
        if os.name != "nt":
            for path in self._folder.glob("*.json"):  # tuf renames without flushing
                with suppress(OSError):
                    sync_file(path)

    def find(self, name: str, limit: int) -> TargetFile | None:
        """A target that the targets role itself signed, no delegated one.

        Raises:
            SyncError: ``lists_too_large``: it claims more than ``limit`` bytes.
        """
        targets: Targets = self._trusted.targets
        return _capped(targets.targets.get(name), limit)

    def find_never_block(self, limit: int) -> TargetFile:
        """The never-block list, from its own role, signed with the keys that root names for it.

        Raises:
            SyncError: ``never_block_untrusted``, or as `refresh`.
        """
        self._check_delegation()
        with translated(self._fetcher, self._now):
            target = _capped(self._updater.get_targetinfo(NEVER_BLOCK_TARGET), limit)
        if target is None:
            raise _never_block("its role signed none")
        return target

    def _check_delegation(self) -> None:
        root: Root = self._trusted.root
        targets: Targets = self._trusted.targets
        if NEVER_BLOCK_TARGET in targets.targets:
            raise _never_block("the targets role signed it itself")
        roles = targets.delegations.roles if targets.delegations else None
        role = roles.get(NEVER_BLOCK_ROLE) if roles and len(roles) == 1 else None
        named = root.unrecognized_fields.get(NEVER_BLOCK_FIELD)
        if role is None or targets.delegations is None or not isinstance(named, dict):
            raise _never_block("root or targets name no keys for it")
        keys = named.get("keys", {})
        for keyid in role.keyids:
            key = targets.delegations.keys.get(keyid)
            if key is None or keys.get(keyid) != key.to_dict():
                raise _never_block("its key is none that root names")
        if role.threshold < named.get("threshold", 1):
            raise _never_block("fewer signatures are asked for than root says")

    def download(self, target: TargetFile, into: Path) -> Path:
        """Fetch a target to ``into``, verified and flushed to the disk.

        Raises:
            SyncError: as `refresh`.
            OSError: no room.
        """
        with translated(self._fetcher, self._now):
            self._updater.download_target(target, str(into))
        sync_file(into)
        return into


def _never_block(why: str) -> SyncError:
    return SyncError("never_block_untrusted", f"the never-block list cannot be trusted: {why}", _KEEP)


def _capped(target: TargetFile | None, limit: int) -> TargetFile | None:
    if target is not None and target.length > limit:
        raise SyncError("lists_too_large", f"{target.path} has {target.length} bytes, {limit} are allowed", _KEEP)
    return target


@contextmanager
def translated(fetcher: ListFetcher, now: datetime) -> Iterator[None]:
    """Turn tuf's errors into coded ones."""
    try:
        yield
    except (tuf_errors.RepositoryError, DeserializationError) as error:
        raise _distrusted(error, fetcher.server_date, now) from error
    except tuf_errors.DownloadError as error:
        raise _not_fetched(error) from error
    except StorageError as error:
        raise SyncError("store_unwritable", f"trusted metadata cannot be kept: {error}", "check the disk") from error


def _distrusted(error: Exception, server_date: datetime | None, now: datetime) -> SyncError:
    match error:
        case tuf_errors.ExpiredMetadataError() if server_date and abs(server_date - now) > CLOCK_SLACK:
            # The server's date is a hint for the words only; it proves nothing and changes nothing.
            return SyncError(
                CLOCK_WRONG,
                f"this computer's clock says {now:%Y-%m-%d %H:%M}, the list server's {server_date:%Y-%m-%d %H:%M}",
                f"set the computer's clock; {_KEEP}",
            )
        case tuf_errors.ExpiredMetadataError():
            return SyncError("lists_expired", f"the server shows an old state: {error}", f"{_KEEP}; tried again later")
        case tuf_errors.BadVersionNumberError():
            return SyncError("lists_rolled_back", f"the server shows an older state than before: {error}", _KEEP)
        case tuf_errors.UnsignedMetadataError():
            return SyncError("lists_signature", f"a signature is wrong or missing: {error}", _KEEP)
        case tuf_errors.LengthOrHashMismatchError():
            return SyncError("lists_tampered", f"a file is not what was signed: {error}", _KEEP)
        case _:
            return SyncError("lists_malformed", f"the server's metadata is unfit: {error}", _KEEP)


def _not_fetched(error: tuf_errors.DownloadError) -> SyncError:
    hint = f"{_KEEP}; tried again later"
    match error:
        case EncodedError():
            code, message = "lists_encoded", f"the server re-codes files: {error}"
        case tuf_errors.SlowRetrievalError():
            code, message = "lists_slow", "the list server takes too long"
        case tuf_errors.DownloadLengthMismatchError():
            code, message = "lists_too_large", f"the server sends more than was announced: {error}"
        case tuf_errors.DownloadHTTPError(status_code=status) if 300 <= status < 400:
            code, message = "lists_redirected", str(error)
            hint = "does this network ask to log in? open any page in the browser"
        case tuf_errors.DownloadHTTPError():
            code, message = "lists_refused", str(error)
        case _:
            code, message = "lists_unreachable", f"no complete answer: {error}"
    return SyncError(code, message, hint)
