"""Who issued the certificates that a message hangs on: whom a new list, or a revoked authority, touches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Final

from asn1crypto import x509 as asn1_x509

from verifier.cms import read_signed_data
from verifier.der import CONTEXT_0, CONTEXT_1, SEQUENCE, SET, read_der
from verifier.fields import StructureFault
from verifier.names import UNREADABLE, comparable
from verifier.straight import Uncommon, tag_length

MOST_NAMES_REMEMBERED: Final = 4096


def issuer_digests(der: bytes) -> frozenset[bytes]:
    """SHA-256 values of the names of all issuers: of the certificates enclosed, and of the signers' own.

    Names that are equal by RFC 5280 §7.1 have the same value, whatever their string types. A message that cannot be
    read has none: no list makes it pass or fail.
    """
    return frozenset(map(name_digest, issuer_names(der)))


@lru_cache(MOST_NAMES_REMEMBERED)
def name_digest(name: bytes) -> bytes:
    """What stands for an encoded Name: authorities are few, and remembered."""
    try:
        text = comparable(asn1_x509.Name.load(name))
    except ValueError:
        text = UNREADABLE
    return sha256(name if text == UNREADABLE else text.encode("utf-8", "surrogatepass")).digest()


def issuer_names(der: bytes) -> frozenset[bytes]:
    """The names themselves, encoded as they stand there."""
    try:
        return frozenset(_straight(der))
    except (Uncommon, IndexError):
        return frozenset(_by_the_tree(der))


def _straight(der: bytes) -> Iterator[bytes]:
    at, _ = tag_length(der, 0, SEQUENCE)  # ContentInfo: OID, [0] SignedData
    at, _ = tag_length(der, _after(der, at), CONTEXT_0)
    at, _ = tag_length(der, at, SEQUENCE)  # version, digestAlgorithms, encapContentInfo
    at = _after(der, _after(der, _after(der, at)))
    if der[at] == CONTEXT_0:
        at, end = tag_length(der, at, CONTEXT_0)
        while at < end:
            body, following = tag_length(der, at, SEQUENCE)
            yield _issuer(der, body)
            at = following
    if der[at] == CONTEXT_1:
        at = _after(der, at)
    at, end = tag_length(der, at, SET)
    while at < end:
        body, following = tag_length(der, at, SEQUENCE)
        sid = _after(der, body)  # behind the version
        if der[sid] == SEQUENCE:
            name, _ = tag_length(der, sid, SEQUENCE)
            yield _name(der, name)
        at = following


def _issuer(der: bytes, certificate: int) -> bytes:
    """TBSCertificate: [0] version, serialNumber, signature, issuer (RFC 5280 §4.1)."""
    at, _ = tag_length(der, certificate, SEQUENCE)
    if der[at] == CONTEXT_0:
        at = _after(der, at)
    return _name(der, _after(der, _after(der, at)))


def _name(der: bytes, at: int) -> bytes:
    _, end = tag_length(der, at, SEQUENCE)
    if end > len(der):
        raise Uncommon
    return der[at:end]


def _after(der: bytes, at: int) -> int:
    return tag_length(der, at, der[at])[1]


def _by_the_tree(der: bytes) -> Iterator[bytes]:
    root, _ = read_der(der)
    if root is None:
        return
    try:
        signed_data = read_signed_data(der, root)
    except StructureFault:
        return
    yield from (one.issuer for one in signed_data.signer_infos if one.issuer is not None)
    for certificate in signed_data.certificates:
        tree, _ = read_der(certificate)
        parts = tree.children[0].children if tree is not None and tree.children else ()
        where = 3 if parts and parts[0].tag == CONTEXT_0 else 2
        if len(parts) > where:
            yield certificate[parts[where].start : parts[where].end]
