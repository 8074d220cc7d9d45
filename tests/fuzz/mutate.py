"""Changes to messages that a fuzzer of bytes would never come by: elements moved about, and signed again afterwards.

With the lengths around a change made right and the signatures made anew, a change gets past the first checks and puts
the later ones to the test.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from typing import Final

from certs.keys import KeyPair
from tests.fuzz.pki import AUTHORITIES, PKI, TEXTS_SIGNED_DIRECTLY, public_key_of
from tests.verifier.forge import sign
from tests.verifier.surgery import replaced, tlv
from verifier.algorithms import DIGESTS
from verifier.der import BIT_STRING, CONTEXT_0, OCTET_STRING, SEQUENCE, SET, Element, dotted_oid, read_der

_MESSAGE_DIGEST: Final = bytes.fromhex("06092a864886f70d010904")
_TAGS: Final = bytes.fromhex("010203040506090a0c13141617181a1e2430318081828485868788a0a1a2a3a4a5a6")
_BODIES: Final = (
    b"",
    b"\0",
    b"\x01",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\0\xff",
    b"\xff" * 9,
    b"\x01" + bytes(16),
    b"\x03",
    b"260601090000Z",
    b"20260601090000Z",
    b"20600601090000Z",
    b"500101000000Z",
    "동의".encode("euc-kr"),
)
_OIDS: Final = tuple(
    bytes.fromhex(body)
    for body in (
        *("2a864886f70d010701", "2a864886f70d010702", "2a864886f70d010903", "2a864886f70d010904", "2a864886f70d010905"),
        *("2a864886f70d010101", "2a864886f70d01010b", "2a864886f70d01010a", "2a8648ce3d040302", "2a8648ce3d040303"),
        *("608648016503040201", "608648016503040202", "608648016503040203", "2b0e03021a", "2a8648ce3d0201"),
        *("2a8648ce3d030107", "550403", "550406", "551d0e", "551d0f"),
        *("551d11", "551d13", "551d14", "551d15", "551d18"),
        *("551d1b", "551d1c", "551d1d", "551d1e", "551d1f"),
        *("551d20", "551d2000", "551d21", "551d23", "551d24"),
        *("551d25", "551d2500", "551d36", "551d2e", "2b06010505070101"),
        *("2b06010505073001", "2b06010505073002", "2b06010505070302", "2b06010505070304", "2b06010505070309"),
        *("2b0601050507300105", "2b0601050507300101"),
    )
)


def elements_of(der: bytes) -> list[Element]:
    """Every element, parents first; none where it is not even BER."""
    root, _ = read_der(der)
    found = [] if root is None else [root]
    for element in found:
        found.extend(element.children)
    return found


class Mutator:
    """One change after another, all of them decided by `rng`. `pool` are messages to take elements from."""

    def __init__(self, rng: random.Random, pool: Sequence[bytes]) -> None:
        self.rng, self.pool = rng, pool

    def changed(self, der: bytes) -> bytes:
        """One to three elements changed; unreadable bytes as they are."""
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            elements = elements_of(der)
            if not elements:
                break
            element = self._chosen(elements)
            try:
                der = replaced(der, element, self.rng.choice(_CHANGES)(self, der, element, elements))
            except ValueError:
                break
        return der

    def _chosen(self, elements: list[Element]) -> Element:
        """Small and deep ones are many, so that those above them get a turn of their own."""
        return self.rng.choice(elements if self.rng.random() < 0.7 else elements[: max(1, len(elements) // 5)])

    def _delete(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        return b""

    def _double(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        return der[element.start : element.end] * 2

    def _another(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        other = self.rng.choice(elements)
        return der[other.start : other.end]

    def _foreign(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        """From another message: mostly one of the same tag."""
        message = self.rng.choice(self.pool)
        candidates = elements_of(message)
        alike = [one for one in candidates if one.tag == element.tag]
        other = self.rng.choice(alike if alike and self.rng.random() < 0.8 else candidates)
        found = message[other.start : other.end]
        return found if self.rng.random() < 0.7 else der[element.start : element.end] + found

    def _tag(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        return bytes([self.rng.choice(_TAGS)]) + der[element.start + 1 : element.end]

    def _body(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        return tlv(element.tag, self.rng.choice(_OIDS if element.tag == 0x06 else _BODIES))

    def _bytes(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        body = bytearray(der[element.body : element.end])
        for _ in range(self.rng.choice((1, 1, 2, 4))):
            at = self.rng.randrange(len(body) + 1)
            match self.rng.randrange(3):
                case 0 if at < len(body):
                    body[at] ^= 1 << self.rng.randrange(8)
                case 1:
                    body[at:at] = self.rng.randbytes(self.rng.choice((1, 1, 2, 20)))
                case _:
                    del body[at : at + self.rng.choice((1, 1, 2, 8))]
        return tlv(element.tag, bytes(body))

    def _long_length(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        body = der[element.body : element.end]
        octets = self.rng.choice((1, 2, 3, 4, 9))
        if len(body) >> (8 * octets):
            octets = 4
        return bytes([element.tag, 0x80 | octets]) + len(body).to_bytes(octets) + body

    def _indefinite(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        return bytes([element.tag | 0x20, 0x80]) + der[element.body : element.end] + b"\0\0"

    def _wrapped(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        return tlv(self.rng.choice((SEQUENCE, SET, CONTEXT_0, 0xA1, OCTET_STRING)), der[element.start : element.end])

    def _unwrapped(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        return der[element.body : element.end]

    def _shuffled(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        children = [der[child.start : child.end] for child in element.children]
        self.rng.shuffle(children)
        return tlv(element.tag, *children) if children else der[element.start : element.end]

    def _sorted(self, der: bytes, element: Element, elements: list[Element]) -> bytes:
        children = sorted(der[child.start : child.end] for child in element.children)
        return tlv(element.tag, *children) if children else der[element.start : element.end]


_CHANGES: Final[tuple[Callable[[Mutator, bytes, Element, list[Element]], bytes], ...]] = (
    Mutator._delete,
    Mutator._double,
    Mutator._another,
    Mutator._foreign,
    Mutator._foreign,
    Mutator._tag,
    Mutator._body,
    Mutator._body,
    Mutator._bytes,
    Mutator._bytes,
    Mutator._long_length,
    Mutator._indefinite,
    Mutator._wrapped,
    Mutator._unwrapped,
    Mutator._shuffled,
    Mutator._sorted,
)


def signed_again(der: bytes, rng: random.Random) -> bytes:
    """A message with its signer's signature made anew, if it is anything like one; mostly with the right digest."""
    try:
        if rng.random() < 0.9:
            der = _with_digest(der)
        if rng.random() < 0.9:
            der = _with_sorted_attributes(der)
        return _with_signature(der)
    except (IndexError, StopIteration, ValueError):
        return der


def certified_again(der: bytes, rng: random.Random) -> bytes:
    """A message with its certificates signed anew by the demo's authorities, and mostly named by the signer again."""
    try:
        for index in range(len(_certificates(der))):
            certificate = _certificates(der)[index]
            der = replaced(der, certificate, issued_again(der[certificate.start : certificate.end]))
        return _with_sid(der) if rng.random() < 0.9 else der
    except (IndexError, StopIteration, ValueError):
        return der


def issued_again(signed: bytes) -> bytes:
    """A certificate, a CRL or a BasicOCSPResponse with the signature of the demo's authority that it names."""
    try:
        root, _ = read_der(signed)
        tbs, algorithm, signature = root.children[:3]  # type: ignore[union-attr] # AttributeError is no way to end here
    except (AttributeError, ValueError):
        return signed
    tbs_bytes = signed[tbs.start : tbs.end]
    authority = _authority(tbs_bytes)
    oid = dotted_oid(signed[algorithm.children[0].body : algorithm.children[0].end]) if algorithm.children else ""
    digest = {"1.2.840.113549.1.1.12": "sha384", "1.2.840.113549.1.1.13": "sha512", "1.2.840.10045.4.3.3": "sha384"}
    made = sign(authority, tbs_bytes, digest.get(oid, "sha256"))
    return replaced(signed, signature, tlv(BIT_STRING, b"\0" + made))


def _authority(tbs: bytes) -> KeyPair:
    """The one whose name comes first in what is signed; issuers stand before subjects."""
    places = [(tbs.find(one.certificate.subject.public_bytes()), one.key_pair) for one in AUTHORITIES]
    named = [(place, pair) for place, pair in places if place >= 0]
    return min(named, key=lambda found: found[0])[1] if named else AUTHORITIES[1].key_pair


def _signed_data(der: bytes) -> Element:
    root, _ = read_der(der)
    if root is None:
        raise ValueError("not even BER")
    return root.children[1].children[0]


def _certificates(der: bytes) -> tuple[Element, ...]:
    return next(child for child in _signed_data(der).children if child.tag == CONTEXT_0).children


def _signer_info(der: bytes) -> Element:
    return _signed_data(der).children[-1].children[0]


def _attributes(der: bytes) -> Element | None:
    return next((child for child in _signer_info(der).children if child.tag == CONTEXT_0), None)


def _content(der: bytes) -> bytes:
    octets = _signed_data(der).children[2].children[1].children[0]
    return der[octets.body : octets.end]


def _digest(der: bytes) -> str:
    algorithm = next(child for child in _signer_info(der).children[2:] if child.tag == SEQUENCE)
    oid = algorithm.children[0]
    return DIGESTS.get(dotted_oid(der[oid.body : oid.end]), "sha256")


def _with_digest(der: bytes) -> bytes:
    attributes = _attributes(der)
    for attribute in attributes.children if attributes else ():
        if der[attribute.body :].startswith(_MESSAGE_DIGEST):
            value = attribute.children[1].children[0]
            return replaced(der, value, tlv(OCTET_STRING, hashlib.new(_digest(der), _content(der)).digest()))
    return der


def _with_sorted_attributes(der: bytes) -> bytes:
    attributes = _attributes(der)
    if attributes is None:
        return der
    return replaced(der, attributes, tlv(CONTEXT_0, *sorted(der[a.start : a.end] for a in attributes.children)))


def _with_signature(der: bytes) -> bytes:
    attributes = _attributes(der)
    message = _content(der) if attributes is None else b"\x31" + der[attributes.start + 1 : attributes.end]
    if attributes is None and message not in TEXTS_SIGNED_DIRECTLY:
        return der
    signature = next(child for child in reversed(_signer_info(der).children) if child.tag == OCTET_STRING)
    payer = next((pair for pair in PKI.payers.values() if public_key_of(pair) in der), PKI.payers["ecdsa"])
    return replaced(der, signature, tlv(OCTET_STRING, sign(payer, message, _digest(der))))


def _with_sid(der: bytes) -> bytes:
    """The signer named as its certificate, the first of a payer's key, has it."""
    for certificate in _certificates(der):
        encoded = der[certificate.start : certificate.end]
        if any(public_key_of(pair) in encoded for pair in PKI.payers.values()):
            fields = [f for f in certificate.children[0].children if f.tag != CONTEXT_0]
            serial, issuer = fields[0], fields[2]
            sid = tlv(SEQUENCE, der[issuer.start : issuer.end], der[serial.start : serial.end])
            return replaced(der, _signer_info(der).children[1], sid)
    return der


def message(der: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    """Another message made out of one: changed, and signed again as far as chance has it."""
    if rng.random() < 0.3:  # most of what coverage leads to is refused early
        der = rng.choice(pool)
    der = Mutator(rng, pool).changed(der)
    if rng.random() < 0.4:
        der = certified_again(der, rng)
    return signed_again(der, rng) if rng.random() < 0.7 else der


def issued(der: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    """Another certificate or CRL made out of one."""
    der = Mutator(rng, pool).changed(der)
    return issued_again(der) if rng.random() < 0.8 else der


def ocsp_response(der: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    """Another OCSP response made out of one: mostly what is inside its OCTET STRING is changed, and signed again."""
    octets = [element for element in elements_of(der) if element.tag == OCTET_STRING]
    if not octets or rng.random() < 0.1:
        return Mutator(rng, pool).changed(der)
    inner = [basic for one in pool for basic in _basic(one)]
    made = Mutator(rng, inner).changed(der[octets[0].body : octets[0].end])
    if rng.random() < 0.85:
        made = issued_again(made)
    return replaced(der, octets[0], tlv(OCTET_STRING, made))


def _basic(der: bytes) -> list[bytes]:
    return [der[e.body : e.end] for e in elements_of(der) if e.tag == OCTET_STRING][:1]


def structure(der: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    """Any DER made into another."""
    return Mutator(rng, pool).changed(der)
