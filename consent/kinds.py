"""Kinds of evidence of a consent, their file extensions and sizes (동의자료, 설계서 V3.8 2.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from consent.errors import CodedError

if TYPE_CHECKING:
    from collections.abc import Mapping

EXTENSION_BYTES: Final = 4  # 확장자명 AN 4, 설계서 V3.8 4.2.1.1
IMAGES: Final = frozenset({"jpg", "jpeg", "gif", "tif", "pdf"})
SOUNDS: Final = frozenset({"mp3", "wav", "wma"})
DER: Final = frozenset({"der"})


class UnknownEvidenceKind(CodedError):
    """There is no such kind of evidence."""

    code = "FB-001"

    def __init__(self, code: str) -> None:
        # Whatever was read from a file may stand here; only what can be a code is repeated.
        shown = code if len(code) == 1 and code.isascii() and code.isprintable() else f"({len(code)})"
        super().__init__(kind=shown)


@dataclass(frozen=True)
class EvidenceKind:
    """One row of the table in 2.5.1.

    Attributes:
        code: 동의자료 구분 (증빙구분), "1" to "7".
        ko: the specification's name.
        en: ours.
        extensions: lower case; None where any is allowed, though never an empty one.
        max_bytes: of the evidence file; more is refused. 10 KB is 10 x 1024, 300 KB is 300 x 1024.
        warn_bytes: the same limit read as thousands; above it another reader might refuse, so a warning is due.
        is_der: whether the file is a PKCS#7 SignedData in DER (2.5.2).
    """

    code: str
    ko: str
    en: str
    extensions: frozenset[str] | None
    max_bytes: int
    warn_bytes: int
    is_der: bool

    def accepts_extension(self, extension: str) -> bool:
        """Whether a file of this kind may have this extension: no dot, upper and lower case alike (2.5.1)."""
        if not (extension.isascii() and extension.isalnum() and len(extension) <= EXTENSION_BYTES):
            return False
        return self.extensions is None or extension.lower() in self.extensions


def _file(code: str, ko: str, en: str, extensions: frozenset[str] | None) -> EvidenceKind:
    return EvidenceKind(code, ko, en, extensions, max_bytes=307_200, warn_bytes=300_000, is_der=False)


def _der(code: str, ko: str, en: str) -> EvidenceKind:
    return EvidenceKind(code, ko, en, DER, max_bytes=10_240, warn_bytes=10_000, is_der=True)


_TABLE: Final = (  # in the order of 2.5.1
    _file("1", "서면", "paper, scanned", IMAGES),
    _file("4", "녹취", "voice recording", SOUNDS),
    _file("5", "ARS", "automated telephone call", SOUNDS),
    _der("2", "공동·금융전자문서", "signed with a joint or financial certificate"),
    _file("3", "일반전자문서", "signature drawn on a screen", IMAGES),
    _der("7", "사설전자문서", "signed with a private-sector certificate"),
    _file("6", "기타", "other: a template", None),
)

KINDS: Final[Mapping[str, EvidenceKind]] = MappingProxyType({kind.code: kind for kind in _TABLE})


def evidence_kind(code: str) -> EvidenceKind:
    """Look up the kind with this code.

    Raises:
        UnknownEvidenceKind: 2.5.1 has no such code.
    """
    if code not in KINDS:
        raise UnknownEvidenceKind(code)
    return KINDS[code]
