"""The trust store: the anchors, intermediates, CRLs and OCSP responses an operator vouches for, as plain bytes.

Nothing is ever taken from the operating system's store or from the network.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509 import ocsp

from certs.errors import (
    CertsRefusal,
    NotOcspResponse,
    NotRevocationList,
    NoTrustAnchor,
    NotTrustedCertificate,
    TrustEntryUnknown,
    TrustFileUnreadable,
    TrustFolderIsFile,
    TrustFolderMissing,
)
from certs.index_folder import IndexFolder
from certs.list_index import ListIndex
from certs.settings import SETTINGS_FILE, TrustSettings, parse_settings

_PEM: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s(.*?)-----END \1-----", re.DOTALL)


@dataclass(frozen=True)
class TrustItem:
    """One certificate, CRL or OCSP response.

    Attributes:
        der: its bytes.
        name: where it comes from, for findings: the path below the trust folder, or its place in the arguments.
        index: of a CRL, where its entries stand; None in one that was put together by hand.
    """

    der: bytes
    name: str
    index: ListIndex | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class TrustStore:
    """All that a signature is judged against. Frozen plain data: safe to share, to pickle and to compare.

    Attributes:
        anchors: trusted certificates; a path ends at one of them.
        intermediates: certificates of authorities, trusted only through a path to an anchor.
        crls: X.509 CRLs.
        ocsp: OCSP responses.
        settings: what trust.toml says.
    """

    anchors: tuple[TrustItem, ...]
    intermediates: tuple[TrustItem, ...] = ()
    crls: tuple[TrustItem, ...] = ()
    ocsp: tuple[TrustItem, ...] = ()
    settings: TrustSettings = field(default_factory=TrustSettings)

    @classmethod
    def open(cls, folder: Path) -> TrustStore:
        """Read a trust folder: `anchors/ intermediates/ crls/ ocsp/` with DER or PEM files, and an optional trust.toml.

        Hidden files and files named README… are passed over; everything else has to have its place, and to be what its
        sub-folder holds. Indexes of long CRLs are kept in `.index/`, if it can be written.

        Raises:
            TrustFolderMissing, TrustFolderIsFile, TrustEntryUnknown, NoTrustAnchor, NotTrustedCertificate,
            NotRevocationList, NotOcspResponse, TrustFileUnreadable, TrustSettingsMalformed, TrustSettingUnknown,
            TrustSettingInvalid.
        """
        folder = Path(folder)
        if not _is_folder(folder):
            raise TrustFolderIsFile(str(folder)) if folder.exists() else TrustFolderMissing(str(folder))
        for entry in _entries(folder):
            if entry.name not in _PLACES:
                raise TrustEntryUnknown(str(entry))
        anchors = _items(folder, _ANCHORS)
        if not anchors:
            raise NoTrustAnchor(str(folder / _ANCHORS.name))
        return cls(
            anchors,
            _items(folder, _INTERMEDIATES),
            _items(folder, replace(_CRLS, load=IndexFolder(folder).index_of)),
            _items(folder, _OCSP),
            _settings(folder / SETTINGS_FILE),
        )

    @classmethod
    def of(
        cls,
        anchors: Iterable[bytes],
        intermediates: Iterable[bytes] = (),
        crls: Iterable[bytes] = (),
        ocsp: Iterable[bytes] = (),
        settings: TrustSettings | None = None,
    ) -> TrustStore:
        """Build a store in memory from DER (or PEM) bytes.

        Raises:
            NoTrustAnchor, NotTrustedCertificate, NotRevocationList, NotOcspResponse: as in `open`; the file named is
            the place in the arguments, such as `crls[0]`.
        """
        trusted = _distinct(_given(anchors, _ANCHORS))
        if not trusted:
            raise NoTrustAnchor(_ANCHORS.name)
        return cls(
            trusted,
            _distinct(_given(intermediates, _INTERMEDIATES)),
            _distinct(_given(crls, _CRLS)),
            _distinct(_given(ocsp, _OCSP)),
            settings or TrustSettings(),
        )


@dataclass(frozen=True)
class _SubFolder:
    name: str
    pem_labels: frozenset[bytes]
    load: Callable[[bytes], object]
    refusal: Callable[[str], CertsRefusal]


_CERTIFICATE_LABELS: Final = frozenset({b"CERTIFICATE", b"X509 CERTIFICATE"})
_ANCHORS: Final = _SubFolder("anchors", _CERTIFICATE_LABELS, x509.load_der_x509_certificate, NotTrustedCertificate)
_INTERMEDIATES: Final = _SubFolder(
    "intermediates", _CERTIFICATE_LABELS, x509.load_der_x509_certificate, NotTrustedCertificate
)
_CRLS: Final = _SubFolder("crls", frozenset({b"X509 CRL"}), ListIndex.of, NotRevocationList)
_OCSP: Final = _SubFolder("ocsp", frozenset({b"OCSP RESPONSE"}), ocsp.load_der_ocsp_response, NotOcspResponse)


_PLACES: Final = frozenset({_ANCHORS.name, _INTERMEDIATES.name, _CRLS.name, _OCSP.name, SETTINGS_FILE})


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        raise TrustFileUnreadable(str(path)) from None


def _items(folder: Path, kind: _SubFolder) -> tuple[TrustItem, ...]:
    """Everything in one sub-folder, in the order of the names so that a report is the same on every machine."""
    return _distinct(
        item
        for file in _entries(folder / kind.name)
        for item in _parts(_read(file), str(file), f"{kind.name}/{file.name}", kind)
    )


def _entries(path: Path) -> list[Path]:
    try:
        entries = sorted(path.iterdir()) if path.exists() else []
    except OSError:
        raise TrustFileUnreadable(str(path)) from None
    return [
        entry for entry in entries if not entry.name.startswith(".") and not entry.name.upper().startswith("README")
    ]


def _given(parts: Iterable[bytes], kind: _SubFolder) -> Iterator[TrustItem]:
    for index, data in enumerate(parts):
        name = f"{kind.name}[{index}]"
        yield from _parts(data, name, name, kind)


def _distinct(items: Iterable[TrustItem]) -> tuple[TrustItem, ...]:
    """The same bytes may lie in a folder twice; they count once, under their first name."""
    first: dict[bytes, TrustItem] = {}
    for item in items:
        first.setdefault(item.der, item)
    return tuple(first.values())


def _parts(data: bytes, file: str, name: str, kind: _SubFolder) -> list[TrustItem]:
    """Split a file into DER parts, all of which load as what the sub-folder holds."""
    try:
        parts = [data] if data[:1] == b"\x30" else _pem_parts(data, kind.pem_labels)
        loaded = [(der, kind.load(der)) for der in parts]
    except (ValueError, x509.InvalidVersion):
        raise kind.refusal(file) from None
    return [TrustItem(der, name, one if isinstance(one, ListIndex) else None) for der, one in loaded]


def _pem_parts(data: bytes, labels: frozenset[bytes]) -> list[bytes]:
    blocks = _PEM.findall(data)
    if not blocks or any(label not in labels for label, _ in blocks) or len(blocks) != data.count(b"-----BEGIN "):
        raise ValueError
    return [binascii.a2b_base64(b"".join(body.split()), strict_mode=True) for _, body in blocks]


def _read(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise TrustFileUnreadable(str(file))
        return file.read_bytes()
    except OSError:
        raise TrustFileUnreadable(str(file)) from None


def _settings(file: Path) -> TrustSettings:
    """Absent means the defaults; anything there has to be readable and right, a dangling link included."""
    if not file.is_symlink() and not file.exists():
        return TrustSettings()
    return parse_settings(_read(file), file=str(file))
