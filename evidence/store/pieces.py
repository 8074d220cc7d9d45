"""Evidence in the store: added once, found by its SHA-256, opened and compared when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select

from consent.kinds import KINDS
from evidence.store.errors import EvidenceGone, EvidenceOfAnotherKind
from evidence.store.schema import EVIDENCE, EVIDENCE_ISSUER
from evidence.store.sealing import about_evidence
from evidence.store.store import Store, Writing, groups, time_text
from verifier.issuers import issuer_digests
from verifier.verdict import TimeSource, Verdict

IN_DATABASE: Final = "database"
IN_FILES: Final = "files"
_AT_ONCE: Final = 500  # SHA-256 values asked for in one query


@dataclass(frozen=True)
class Piece:
    """Evidence to be added.

    Attributes:
        kind: 증빙구분.
        extension: of its file.
        content: the file.
        sha256: of the content.
        verdict: that it comes with; none for kinds that are not judged.
    """

    kind: str
    extension: str
    content: bytes = field(repr=False)
    sha256: bytes
    verdict: Verdict | None = field(default=None, repr=False)

    @classmethod
    def of(cls, kind: str, extension: str, content: bytes, verdict: Verdict | None = None) -> Piece:
        return cls(kind, extension, content, sha256(content).digest(), verdict)

    @property
    def received_at(self) -> datetime | None:
        """When somebody received it, if that is what it was judged by: then it was there before it came to us."""
        is_receipt = self.verdict is not None and self.verdict.time_source is TimeSource.RECEIPT
        return self.verdict.verified_at if self.verdict is not None and is_receipt else None


def add_pieces(writing: Writing, pieces: Sequence[Piece]) -> tuple[list[int], frozenset[int]]:
    """Add evidence that is not there yet.

    Returns: the numbers of all of it, in the same order, and which of them are new.

    Raises:
        EvidenceOfAnotherKind: the same file is there as something else. Which is right is not ours to guess, and its
            verdict is about one of them only.
        StoreUnavailable, NotWritable: it could not be kept.
    """
    known = _known(writing.connection, [piece.sha256 for piece in pieces])
    said: dict[bytes, tuple[str, str]] = {}
    for piece in pieces:
        what = piece.kind, piece.extension
        was = known[piece.sha256][1:] if piece.sha256 in known else said.setdefault(piece.sha256, what)
        if was != what:
            raise EvidenceOfAnotherKind(piece.sha256.hex(), *what, *was)
    return _add(writing, pieces, {digest: there[0] for digest, there in known.items()})


def _add(writing: Writing, pieces: Sequence[Piece], known: dict[bytes, int]) -> tuple[list[int], frozenset[int]]:
    new: list[int] = []
    rows: list[dict[str, object]] = []
    issuers: list[dict[str, object]] = []
    for piece in pieces:
        if piece.sha256 not in known:
            number = known[piece.sha256] = writing.next_id(EVIDENCE)
            new.append(number)
            rows.append(_row(writing, number, piece))
            if KINDS[piece.kind].is_der:
                issuers.extend({"evidence_id": number, "issuer": one} for one in issuer_digests(piece.content))
    for statement, some in ((_ADD, rows), (_ADD_ISSUERS, issuers)):
        if some:
            writing.connection.execute(statement, some)
    return [known[piece.sha256] for piece in pieces], frozenset(new)


def read_piece(store: Store, connection: Connection, evidence_id: int) -> bytes:
    """The bytes of one piece of evidence.

    Raises:
        EvidenceGone, SealBroken, KeyUnknown: it is not there, or not what it was.
    """
    row = connection.execute(select(EVIDENCE).where(EVIDENCE.c.id == evidence_id)).one()
    return opened(store, bytes(row.sha256), row.place, row.key_id, row.sealed)


def opened(store: Store, digest: bytes, place: str, key_id: str, sealed: bytes | None) -> bytes:
    """The bytes that the columns of a row of `evidence` stand for. Raises as `read_piece`."""
    name = digest.hex()
    if place == IN_FILES:
        if store.files is None:
            raise EvidenceGone(name)
        key_id, sealed = store.files.get(name)
    content = store.sealer.open(about_evidence(digest), key_id, bytes(sealed or b""))
    if sha256(content).hexdigest() != name:
        raise EvidenceGone(name)
    return content


def _known(connection: Connection, digests: Sequence[bytes]) -> dict[bytes, tuple[int, str, str]]:
    """Of what is there by SHA-256: number, kind and extension."""
    found: dict[bytes, tuple[int, str, str]] = {}
    for some in groups(dict.fromkeys(digests), _AT_ONCE):
        for row in connection.execute(_KNOWN, {"digests": some}):
            found[bytes(row.sha256)] = (row.id, row.kind, row.extension)
    return found


_ADD: Final = insert(EVIDENCE)
_ADD_ISSUERS: Final = insert(EVIDENCE_ISSUER)
_KNOWN: Final = select(EVIDENCE.c.sha256, EVIDENCE.c.id, EVIDENCE.c.kind, EVIDENCE.c.extension).where(
    EVIDENCE.c.sha256.in_(bindparam("digests", expanding=True))
)


def _row(writing: Writing, number: int, piece: Piece) -> dict[str, object]:
    sealer, name, received_at = writing.sealer, piece.sha256.hex(), piece.received_at
    sealed: bytes | None = sealer.seal(about_evidence(piece.sha256), piece.content)
    in_files = writing.store.files is not None and not KINDS[piece.kind].is_der
    if in_files:
        writing.store.files.put(name, sealer.key_id, sealed)  # type: ignore[union-attr, arg-type]
        sealed = None
    return {
        "id": number,
        "sha256": piece.sha256,
        "size": len(piece.content),
        "kind": piece.kind,
        "extension": piece.extension,
        "place": IN_FILES if in_files else IN_DATABASE,
        "key_id": sealer.key_id,
        "sealed": sealed,
        "added_at": writing.at,
        "received_at": None if received_at is None else time_text(received_at),
        "indication": None if piece.verdict is None else piece.verdict.indication.name,
        "judged_at": None if piece.verdict is None else writing.at,
    }


def sha256_of(connection: Connection, evidence_id: int | None) -> str | None:
    """SHA-256 of a piece of evidence, in hex; None where there is none."""
    if evidence_id is None:
        return None
    return bytes(connection.execute(select(EVIDENCE.c.sha256).where(EVIDENCE.c.id == evidence_id)).scalar_one()).hex()
