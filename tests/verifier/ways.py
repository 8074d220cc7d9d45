"""The ways a message can be judged, all of which must come out the same.

Straight through with remembered authorities, or read as a tree each time; by an index of where revocation lists have
their entries, or by reading them from end to end.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from certs import TrustStore
from verifier.algorithms import DIGESTS
from verifier.cms import (
    ID_CONTENT_TYPE,
    ID_DATA,
    ID_MESSAGE_DIGEST,
    ID_SIGNING_TIME,
    AlgorithmIdentifier,
    read_algorithm,
    read_signed_data,
)
from verifier.common_layout import CommonMessage
from verifier.der import OCTET_STRING, OID, SET, UTC_TIME, dotted_oid, read_der, read_time
from verifier.subject import Subject


def the_long_way(subject: Subject) -> Subject:
    """The same judgement, without anything that is there for speed."""
    again = replace(subject)
    again.__dict__["common"] = None  # where the cached property keeps its value
    return again


def by_whole_lists(subject: Subject) -> Subject:
    """The same judgement, with every list read from end to end."""
    return replace(the_long_way(subject), trust=_without_indexes(subject.trust))


@lru_cache(maxsize=8)
def _without_indexes(trust: TrustStore) -> TrustStore:
    """Called by other names: of equal stores, one alone is read."""
    return replace(trust, crls=tuple(replace(item, index=None, name=f"whole {item.name}") for item in trust.crls))


def assert_says_what_the_tree_says(der: bytes, message: CommonMessage) -> None:
    """Each value of a message that was read straight through, and all that its kind stands for; strict DER besides."""
    root, faults = read_der(der)
    assert root is not None and not faults
    signed_data = read_signed_data(der, root)
    (info,) = signed_data.signer_infos
    attributes = info.signed_attrs
    assert attributes is not None and attributes.is_sorted
    content_type, signing_time, digest = attributes.attributes
    ((oid,), (time,), (octets,)) = content_type.values, signing_time.values, digest.values
    assert (signed_data.version, signed_data.econtent_type, signed_data.crls_start) == (1, ID_DATA, None)
    assert (info.version, info.unsigned_attrs_start, info.subject_key_identifier) == (1, None, None)
    named = [attribute.oid for attribute in attributes.attributes]
    assert named == [ID_CONTENT_TYPE, ID_SIGNING_TIME, ID_MESSAGE_DIGEST]
    assert (oid.tag, time.tag, octets.tag) == (OID, UTC_TIME, OCTET_STRING)
    assert dotted_oid(der[oid.body : oid.end]) == ID_DATA

    algorithms, digest_algorithm, signature_algorithm, is_sorted = message.kind.parts
    assert algorithms[0] == SET
    assert signed_data.digest_algorithms == (algorithm(algorithms[2:]),)
    assert info.digest_algorithm == algorithm(digest_algorithm)
    assert message.kind.digest == DIGESTS[info.digest_algorithm.oid]
    assert info.signature_algorithm == algorithm(signature_algorithm)
    assert is_sorted == signed_data.certificates_sorted
    assert tuple(one.der for one in message.certificates) == signed_data.certificates
    assert message.signer in message.certificates
    assert (message.signer.issuer, message.signer.serial_number) == (info.issuer, info.serial_number)
    assert message.econtent == signed_data.econtent
    assert message.signed == attributes.signed_bytes
    assert message.signing_time == read_time(time.tag, der[time.body : time.end])
    assert (message.digest, message.digest_start) == (der[octets.body : octets.end], octets.start)
    assert message.signature == info.signature


def algorithm(encoded: bytes) -> AlgorithmIdentifier:
    root, faults = read_der(encoded)
    assert root is not None and not faults
    return read_algorithm(encoded, root, "")
