"""Whether the service can work with its settings: everything that is wrong with them, all at once."""

from __future__ import annotations

import os
import socket
import ssl
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from consent.errors import CodedError
from service.calendars import calendar_of
from service.errors import InputUnreadable
from service.keys import open_key
from service.settings import PREFIX, Fault, Gathered, Settings, SigningKeyFile, gathered, understood
from service.settings_faults import (
    FilesFolderUnusable,
    HostUnusable,
    KeyCertificateNotValid,
    PortsAlike,
    RateStorageUnusable,
    SecretOpenToOthers,
    SettingMissing,
    TlsHalfSet,
    TlsUnusable,
)
from service.stores import keyring
from service.vouch import TrustFolders

if TYPE_CHECKING:
    from evidence.store.keyring import Keys

_REQUIRED: Final = {"store": ("store",), "store_keys": ("store_keys", "store_keyring"), "trust": ("trust",)}
_STORAGES: Final = frozenset({"memory", "redis", "rediss", "redis+unix"})
_OTHERS: Final = stat.S_IRWXO


def checked(file: str | None, given: Mapping[str, Any], at: datetime) -> tuple[Settings, list[Fault]]:
    """Gather the settings and look after all that they name; where something is wrong, go on with the rest.

    Args:
        file: settings file; None: the one that the environment names, if any.
        given: settings by the command's options.
        at: the time now.

    Raises:
        InputUnreadable, InputTooLarge, SettingsNotToml: the settings file itself.
    """
    found = gathered(file, given)
    settings, faults = understood(found)
    wrong = {fault.setting.partition(".")[0] for fault in faults}
    return settings, [*faults, *_Checks(settings, found, at).all(wrong)]


class _Checks:
    def __init__(self, settings: Settings, found: Gathered, at: datetime) -> None:
        self.settings, self.found, self.at = settings, found, at

    def all(self, wrong: set[str]) -> Iterator[Fault]:
        for name, either in _REQUIRED.items():
            if not any(getattr(self.settings, one) or one in wrong for one in either):
                yield Fault(name, "", SettingMissing(name, f"{PREFIX}{name.upper()}"))
        checks = (
            self._store,
            self._files,
            self._calendar,
            self._trust,
            self._keys,
            self._tls,
            self._hosts,
            self._ports,
            self._rates,
            self._secrets,
        )
        for check in checks:
            yield from check()

    def _fault(self, setting: str, error: CodedError, *, is_remark: bool = False) -> Fault:
        return Fault(setting, self.found.where(setting), error, is_remark)

    def _tried(self, setting: str, what: Callable[[], object]) -> Iterator[Fault]:
        try:
            what()
        except CodedError as error:
            yield self._fault(setting, error)

    def _store(self) -> Iterator[Fault]:
        settings, keys = self.settings, None
        if settings.store_keys or settings.store_keyring is not None:
            try:
                keys = keyring(settings.store_keys, settings.keyring_text)
            except CodedError as error:
                yield self._fault("store_keys", error)
        if settings.store:
            address = settings.store
            yield from self._tried("store", lambda: _open_and_close(address, keys))

    def _files(self) -> Iterator[Fault]:
        settings = self.settings
        if settings.store_files and "://" in settings.store_files:
            address = settings.store_files
            yield from self._tried("store_files", lambda: _open_files(address))
        elif settings.store_files:
            yield from self._tried("store_files", lambda: _require_folder(str(settings.store_files)))
        if settings.outbox:
            yield from self._tried("outbox", lambda: _require_folder(settings.outbox))

    def _calendar(self) -> Iterator[Fault]:
        overrides = self.settings.overrides
        if overrides:
            yield from self._tried("overrides", lambda: calendar_of(overrides))

    def _trust(self) -> Iterator[Fault]:
        from service.list_times import list_faults, list_times  # noqa: PLC0415 - loads what judges

        if not self.settings.trust:
            return
        try:
            trust = TrustFolders.open(self.settings.trust)
        except CodedError as error:
            yield self._fault("trust", error)
            return
        warning = timedelta(hours=self.settings.crl_warning_hours)
        for said, _ in list_faults(list_times(trust, self.at), self.at, warning):
            yield self._fault("trust", said, is_remark=True)

    def _keys(self) -> Iterator[Fault]:
        for name, files in self.settings.keys.items():
            try:
                yield from self._key(name, files)
            except CodedError as error:
                yield self._fault(f"keys.{name}", error)

    def _key(self, name: str, files: SigningKeyFile) -> Iterator[Fault]:
        certificate = open_key(
            files.key, files.certificate, files.password_file, None
        ).certificate  # workers cannot ask
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if not begins <= self.at <= ends:
            error = KeyCertificateNotValid(name, begins.isoformat(), ends.isoformat())
            yield self._fault(f"keys.{name}", error, is_remark=True)

    def _tls(self) -> Iterator[Fault]:
        certificate, key = self.settings.tls_certificate, self.settings.tls_key
        if certificate and key:
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
            except FileNotFoundError:
                missing = certificate if not Path(certificate).exists() else key
                reason = os.strerror(2)
                yield self._fault("tls_certificate", InputUnreadable(missing, reason, 2))
            except (OSError, ValueError):  # ssl.SSLError too; what it says is nothing to go by
                yield self._fault("tls_certificate", TlsUnusable(certificate))
        elif certificate or key:
            yield self._fault("tls_certificate", TlsHalfSet("tls_key" if certificate else "tls_certificate"))

    def _hosts(self) -> Iterator[Fault]:
        yield from self._tried("host", lambda: _require_own(self.settings.host))
        if self.settings.metrics_port:
            yield from self._tried("metrics_host", lambda: _require_own(self.settings.metrics_host))

    def _ports(self) -> Iterator[Fault]:
        if self.settings.port and self.settings.port == self.settings.metrics_port:
            yield self._fault("metrics_port", PortsAlike(self.settings.port))

    def _rates(self) -> Iterator[Fault]:
        from limits.errors import ConfigurationError  # noqa: PLC0415 - for the service alone
        from limits.storage import storage_from_string  # noqa: PLC0415

        address = self.settings.rate_storage
        is_known = address.partition("://")[0] in _STORAGES  # others connect as soon as they are made
        try:
            storage_from_string(address if is_known else "")
        except (ConfigurationError, ValueError):
            yield self._fault("rate_storage", RateStorageUnusable())

    def _secrets(self) -> Iterator[Fault]:
        settings = self.settings
        files = {"store_keys": settings.store_keys, "tls_key": settings.tls_key}
        for name, one in settings.keys.items():
            files |= {f"keys.{name}.key": one.key, f"keys.{name}.password_file": one.password_file}
        for setting, file in files.items():
            if file and _mode(file) & _OTHERS:
                yield self._fault(setting, SecretOpenToOthers(file), is_remark=True)


def _mode(file: str) -> int:
    try:
        return stat.S_IMODE(os.stat(file).st_mode)  # noqa: PTH116 - a name that is none is told elsewhere
    except (OSError, ValueError):
        return 0


def _require_folder(folder: str) -> None:
    if not (Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise FilesFolderUnusable(folder)


def _open_files(address: str) -> None:
    from evidence.store.evidence_files import EvidenceFiles  # noqa: PLC0415 - loads fsspec

    EvidenceFiles(address)


def _require_own(host: str) -> None:
    """Any port of it can be listened on."""
    try:
        family = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, 0), family=family).close()
    except (OSError, UnicodeError):  # the latter of a name that can be nobody's
        raise HostUnusable(host) from None


def _open_and_close(address: str, keys: Keys | None) -> None:
    """As a worker opens the store, and the files by which workers wait for each other."""
    from evidence.store.opening import open_engine  # noqa: PLC0415 - loads SQLAlchemy
    from service.lock_files import require_lock_files  # noqa: PLC0415 - as above

    engine = open_engine(address, keys)
    engine.dispose()
    if engine.url.get_backend_name() == "sqlite":
        require_lock_files(engine.url.database or "")
