"""What a file of evidence is by its content, beside what its extension says (설계서 V3.8 2.5.1).

Telling files apart is the work of the library puremagic. It answers with a list of guesses; of those only kinds that
evidence may be, or that people mistake for them, are believed, and those it is unsure of are not held against anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

KINDS_BY_EXTENSION: Final[Mapping[str, str]] = {
    "jpg": "jpg",
    "jpeg": "jpg",
    "gif": "gif",
    "tif": "tif",
    "pdf": "pdf",
    "mp3": "mp3",
    "wav": "wav",
    "wma": "wma",
}
"""What 2.5.1 allows where the extension is not free."""

_GUESSES: Final[Mapping[str, frozenset[str]]] = {
    "jpg": frozenset({".jpg", ".jpeg", ".jpe", ".jfif"}),
    "gif": frozenset({".gif"}),
    "tif": frozenset({".tif", ".tiff"}),
    "pdf": frozenset({".pdf"}),
    "mp3": frozenset({".mp3", ".mpga"}),
    "wav": frozenset({".wav"}),
    "wma": frozenset({".wma", ".wmv", ".asf"}),
    "png": frozenset({".png"}),
    "webp": frozenset({".webp"}),
    "avi": frozenset({".avi"}),
    "m4a or mp4": frozenset({".m4a", ".mp4", ".m4v", ".mov", ".3gp"}),
    "amr": frozenset({".amr"}),
    "ogg": frozenset({".ogg", ".oga"}),
    "flac": frozenset({".flac"}),
    "zip": frozenset({".zip", ".docx", ".xlsx", ".pptx"}),
    "doc or hwp": frozenset({".doc"}),
    "rtf": frozenset({".rtf"}),
}
_KIND_OF_GUESS: Final = {guess: kind for kind, guesses in _GUESSES.items() for guess in guesses}
_SURE: Final = 0.3  # three bytes that agree; two bytes stand at the beginning of too many files


class Agreement(Enum):
    """Whether content and extension agree; UNKNOWN where the content does not tell."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def compare(extension: str, evidence: bytes) -> tuple[Agreement, str]:
    """Compare a file's content with its extension.

    Args:
        extension: one of `KINDS_BY_EXTENSION`, in lower case.
        evidence: the whole file.

    Returns:
        Whether they agree, and what kind of file it is, "" if that cannot be told.
    """
    guesses = _guesses(evidence)
    if not guesses:
        return Agreement.UNKNOWN, ""
    best = max(guesses.values())
    foremost = sorted(kind for kind, confidence in guesses.items() if confidence == best)
    declared = KINDS_BY_EXTENSION[extension]
    if declared in foremost:
        return Agreement.YES, declared
    return (Agreement.NO, foremost[0]) if best >= _SURE else (Agreement.UNKNOWN, "")


def _guesses(evidence: bytes) -> dict[str, float]:
    """How sure the library is of each kind."""
    import puremagic  # noqa: PLC0415 - most calls of the command do not need it

    if not evidence:
        return {}
    try:
        matches = puremagic.magic_string(evidence)
    except puremagic.PureError:
        return {}
    found: dict[str, float] = {}
    for match in matches:
        kind = _KIND_OF_GUESS.get(match.extension.lower())
        if kind is not None:
            found[kind] = max(match.confidence, found.get(kind, 0.0))
    return found
