"""Evidence in the store: added once, found by its SHA-256, opened and compared when it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, insert, select

from consent.kinds import KINDS
from evidence.store.errors import EvidenceGone
from evidence.store.schema import EVIDENCE
from evidence.store.store import Store, Writing

IN_DATABASE: Final = "database"
IN_FILES: Final = "files"
_AT_ONCE: Final = 500  # SHA-256 values asked for in one query


@dataclass(frozen=True)
class Piece:
    """Evidence to be added."""

    kind: str
    extension: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> bytes:
        return sha256(self.content).digest()


def add_pieces(writing: Writing, pieces: list[Piece]) -> list[int]:
    """Add evidence that is not there yet; the numbers of all of it, in the same order.

    Raises:
        StoreUnavailable, NotWritable: it could not be kept.
    """
    digests = [piece.sha256 for piece in pieces]
    known = _known(writing.connection, digests)
    rows = []
    for digest, piece in zip(digests, pieces, strict=True):
        if digest not in known:
            known[digest] = writing.next_id(EVIDENCE)
            rows.append(_row(writing, known[digest], digest, piece))
    if rows:
        writing.connection.execute(insert(EVIDENCE), rows)
    return [known[digest] for digest in digests]


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
    content = store.sealer.open(about(name), key_id, bytes(sealed or b""))
    if sha256(content).hexdigest() != name:
        raise EvidenceGone(name)
    return content


def about(name: str) -> str:
    """What sealed evidence is bound to."""
    return f"evidence:{name}"


def _known(connection: Connection, digests: list[bytes]) -> dict[bytes, int]:
    return dict(_known_pairs(connection, list(dict.fromkeys(digests))))


def _known_pairs(connection: Connection, digests: list[bytes]) -> Iterator[tuple[bytes, int]]:
    for start in range(0, len(digests), _AT_ONCE):
        query = select(EVIDENCE.c.sha256, EVIDENCE.c.id).where(EVIDENCE.c.sha256.in_(digests[start : start + _AT_ONCE]))
        yield from ((bytes(row.sha256), row.id) for row in connection.execute(query))


def _row(writing: Writing, number: int, digest: bytes, piece: Piece) -> dict[str, object]:
    sealer = writing.sealer
    sealed: bytes | None = sealer.seal(about(digest.hex()), piece.content)
    in_files = writing.store.files is not None and not KINDS[piece.kind].is_der
    if in_files:
        writing.store.files.put(digest.hex(), sealer.key_id, sealed)  # type: ignore[union-attr, arg-type]
        sealed = None
    return {
        "id": number,
        "sha256": digest,
        "size": len(piece.content),
        "kind": piece.kind,
        "extension": piece.extension,
        "place": IN_FILES if in_files else IN_DATABASE,
        "key_id": sealer.key_id,
        "sealed": sealed,
        "added_at": writing.at,
    }
