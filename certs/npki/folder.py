"""NPKI folders: `NPKI/<issuer>/USER/<subject>/signCert.der` with its signPri.key, wherever one begins to look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from certs.errors import NotCertificates
from certs.keys import ILLEGIBLE, load_certificates

CERTIFICATE_FILE: Final = "signCert.der"
KEY_FILE: Final = "signPri.key"
_PLACES: Final = ("", "*", "USER/*", "*/USER/*", "NPKI/*/USER/*")
"""Below a root: it may be one holder's folder, USER, an issuer's, NPKI itself, or where NPKI lies."""
_LARGEST_CERTIFICATE: Final = 64 * 1024


class State(StrEnum):
    """What a pair can be used for at a time."""

    VALID = "valid"
    NOT_YET_VALID = "not yet valid"
    EXPIRED = "expired"
    KEY_MISSING = "key missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Holding:
    """A folder with a signCert.der. Name and path are personal: the folder is named after the holder.

    Attributes:
        certificate: None if the file cannot be read.
        key_file: None if there is none.
    """

    folder: Path = field(repr=False)
    certificate: x509.Certificate | None = field(repr=False)
    key_file: Path | None = field(repr=False)

    @property
    def certificate_file(self) -> Path:
        return self.folder / CERTIFICATE_FILE

    @property
    def holder(self) -> str:
        """The holder's common name; empty if there is none that can be read."""
        return _attribute(self.certificate, NameOID.COMMON_NAME, of_issuer=False)

    @property
    def issuer(self) -> str:
        """The issuing authority: its common name, such as yessignCA Class 3."""
        return _attribute(self.certificate, NameOID.COMMON_NAME, of_issuer=True)

    @property
    def organization(self) -> str:
        """The issuing authority's organisation, such as yessign."""
        return _attribute(self.certificate, NameOID.ORGANIZATION_NAME, of_issuer=True)

    @property
    def is_self_issued(self) -> bool:
        """Whether the issuer is the holder, and its name as personal."""
        try:
            return self.certificate is not None and self.certificate.issuer == self.certificate.subject
        except ILLEGIBLE:
            return True

    def state(self, at: datetime) -> State:
        """What it is good for at that time (aware)."""
        if self.certificate is None:
            return State.UNREADABLE
        if at > self.certificate.not_valid_after_utc:
            return State.EXPIRED
        if self.key_file is None:
            return State.KEY_MISSING
        return State.NOT_YET_VALID if at < self.certificate.not_valid_before_utc else State.VALID


def find(roots: Iterable[Path], *, at: datetime, issuer: str | None = None, name: str | None = None) -> list[Holding]:
    """Every pair below `roots`, each once: those that sign at `at` first, and of these the newest.

    What cannot be read is listed, folders that may not be looked into are passed over.

    Args:
        roots: NPKI folders, or folders that hold one, or are in one.
        at: aware.
        issuer: a part of the issuer's name, organisation or folder, in letters of either case.
        name: a part of the holder's name.
    """
    found = {holding.folder.resolve(): holding for root in roots for holding in _below(root)}
    wanted = [one for one in found.values() if _is_of(one, issuer) and _contains(one.holder, name)]
    return sorted(wanted, key=lambda one: _rank(one, at))


def _below(root: Path) -> Iterator[Holding]:
    for place in _PLACES:
        with suppress(OSError):
            for file in sorted(root.glob(f"{place}/{CERTIFICATE_FILE}" if place else CERTIFICATE_FILE)):
                key = file.with_name(KEY_FILE)
                yield Holding(file.parent, _certificate(file), key if key.is_file() else None)


def _certificate(file: Path) -> x509.Certificate | None:
    if not file.is_file():  # a pipe would be waited for
        return None
    with suppress(OSError, NotCertificates), file.open("rb") as stream:
        return load_certificates(stream.read(_LARGEST_CERTIFICATE))[0]
    return None


def _attribute(certificate: x509.Certificate | None, oid: x509.ObjectIdentifier, *, of_issuer: bool) -> str:
    if certificate is None:
        return ""
    try:
        name = certificate.issuer if of_issuer else certificate.subject
    except ILLEGIBLE:
        return ""
    return ", ".join(str(attribute.value) for attribute in name.get_attributes_for_oid(oid))


def _is_of(one: Holding, issuer: str | None) -> bool:
    folder = one.folder.parent.parent.name if one.folder.parent.name == "USER" else ""
    return any(_contains(text, issuer) for text in (one.issuer, one.organization, folder))


def _contains(text: str, part: str | None) -> bool:
    return part is None or part.casefold() in text.casefold()


def _rank(one: Holding, at: datetime) -> tuple[int, float, str]:
    issued = 0.0 if one.certificate is None else one.certificate.not_valid_before_utc.timestamp()
    return list(State).index(one.state(at)), -issued, str(one.folder)
