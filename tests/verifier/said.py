"""Everything that verdicts say about messages of every kind, to be compared with what they said before.

`python -m tests.verifier.said` writes said.json anew. Its difference is what changes for those who read verdicts, and
belongs into the changelog under "Verdicts and bytes".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from asn1crypto import core
from cryptography.hazmat.primitives.serialization import Encoding

from certs import Revocation, TrustSettings, TrustStore
from tests.fuzz.pki import JUDGED_AT, PKI, TRUST
from tests.verifier.forge import TEXT, Forge
from tests.verifier.surgery import elements, replaced, replaced_where, tlv
from tests.verifier.test_findings import ATTRIBUTE_DEFECTS, DEFECTS, ID_DATA, RSA_ENCRYPTION, SHA256
from verifier import SIGNING_TIME, Finding, VerifyPolicy, policies, verify_der
from verifier.subject import At

SAID: Final = Path(__file__).with_suffix(".json")

Case = tuple[bytes, TrustStore, VerifyPolicy, At]


def cases() -> Iterator[tuple[str, Case]]:
    for name, der in messages():
        for policy in (policies.KFTC, policies.CMS):
            yield f"{policy.name}: {name}", (der, TRUST, policy, JUDGED_AT)
    sound = Forge(PKI).der()
    for mode in Revocation:
        for what, lists in (("all lists", TRUST.crls), ("the root's list", TRUST.crls[:1]), ("no list", ())):
            trust = TrustStore(TRUST.anchors, TRUST.intermediates, lists, settings=TrustSettings(revocation=mode))
            yield f"{mode} with {what}", (sound, trust, policies.KFTC, JUDGED_AT)
    for days in (-400, -8, 0, 29, 31, 334, 336):
        yield f"judged {days} days after", (sound, TRUST, policies.KFTC, PKI.at + timedelta(days=days))
    yield "judged at its signing-time", (sound, TRUST, policies.KFTC, SIGNING_TIME)
    yield (
        "judged at a signing-time that it has not",
        (Forge(PKI, attributes=None).der(), TRUST, policies.KFTC, SIGNING_TIME),
    )
    yield "no authority known", (sound, TrustStore(TRUST.anchors), policies.KFTC, JUDGED_AT)


def messages() -> Iterator[tuple[str, bytes]]:
    forge = Forge(PKI)
    for payer in ("rsa", "ecdsa", "corporate", "ecdsa384"):
        yield f"sound, {payer}", forge.but(payer=payer).der()
    for digest in ("sha384", "sha512"):
        yield f"sound, {digest}", forge.but(digest=digest).der()
    yield "sound, with its authority", forge.but(intermediates=True).der()
    yield "sound, without attributes", forge.but(attributes=None).der()
    yield from ((name, forge.but(**changes).der()) for name, (changes, _) in DEFECTS.items())
    yield from ((name, forge.but(attributes=change).der()) for name, (change, _) in ATTRIBUTE_DEFECTS.items())
    for name, content in CONTENTS.items():
        yield name, forge.but(content=content).der()
        yield f"{name}, without attributes", forge.but(content=content, attributes=None).der()
    yield from parameters(forge.der())
    for attributes, how in ((_as_they_are, "with"), (None, "without")):
        der = forge.but(attributes=attributes).der()
        yield f"content of another type, {how} attributes", replaced_where(der, ID_DATA.__eq__, lambda _: OTHER_TYPE)
    for version in (-1000, -999, 0, 999, 1000, 1 << 800):
        encoded = bytes(core.Integer(version).dump())
        integers = [e for e in elements(forge.der()) if forge.der()[e.start : e.end] == b"\x02\x01\x01"]
        for whose, element in zip(("SignedData", "SignerInfo"), (integers[0], integers[-1]), strict=True):
            yield f"version {version:.4g} of {whose}", replaced(forge.der(), element, encoded)
    yield from damaged(forge.der())
    yield from sizes(forge)


def _as_they_are(_: object) -> None:
    return


OTHER_TYPE: Final = bytes.fromhex("06032a0304")
CONTENTS: Final = {
    "EUC-KR": TEXT.decode().encode("euc-kr"),
    "ASCII": b"plain ascii",
    "either charset": "늬".encode(),
    "an invisible character": "동의\u200b합니다".encode(),
    "a control character": b"yes\x07",
    "nothing at all": b"",
    "an empty SET": b"\x31\x00",
    "attributes": tlv(0x31, tlv(0x30, tlv(0x06, b"\x2a\x03"), tlv(0x31, tlv(0x05)))),
    "attributes of a long length": tlv(0x31, tlv(0x30, tlv(0x06, b"\x2a\x03"), tlv(0x31, tlv(0x04, bytes(300))))),
    "attributes and a byte": tlv(0x31, tlv(0x30, tlv(0x06, b"\x2a\x03"), tlv(0x31, tlv(0x05)))) + b"\n",
}


def parameters(der: bytes) -> Iterator[tuple[str, bytes]]:
    """Of each algorithm in turn: none, NULL, and something that does not belong there."""
    for which, nth, oid in (
        ("of digestAlgorithms", 0, SHA256),
        ("of the signer's digest", 1, SHA256),
        ("of the signature", -1, RSA_ENCRYPTION),
    ):
        found = [e for e in elements(der) if e.tag == 0x30 and der[e.body :].startswith(oid)]
        for what, encoded in (("none", b""), ("NULL", tlv(0x05)), ("a number", tlv(0x02, b"\1"))):
            yield f"parameters {which}: {what}", replaced(der, found[nth], tlv(0x30, oid, encoded))


def damaged(der: bytes) -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "no BER", b"\x30\x05\x02\x01\x01"
    yield "a certificate", PKI.payers["rsa"].certificate.public_bytes(Encoding.DER)
    yield "nothing but zeros", bytes(100)
    yield "a byte too many", der + b"\0"
    yield "indefinite", b"\x30\x80" + der[4:] + b"\0\0"
    yield "a long length", b"\x30\x83\x00" + der[2:]
    for offset in range(4, len(der), 97):
        changed = bytearray(der)
        changed[offset] ^= 0x10
        yield f"a bit at {offset}", bytes(changed)
    yield "cut short", der[:-1]
    yield "many faults", tlv(0x30, *[b"\x01\x01\x01"] * 30)
    yield "twenty faults", tlv(0x30, *[b"\x01\x01\x01"] * 20)


def sizes(forge: Forge) -> Iterator[tuple[str, bytes]]:
    """About the remark and the limit. A text longer by a byte makes a message longer by a byte, at this size."""
    other = len(forge.but(content=b"a" * 8000).der()) - 8000
    for size in (9_999, 10_000, 10_240, 10_241):
        der = forge.but(content=b"a" * (size - other)).der()
        assert len(der) == size
        yield f"{size} bytes", der


def said(case: Case) -> list[str]:
    der, trust, policy, at = case
    verdict = verify_der(der, trust=trust, policy=policy, at=at)
    return [verdict.indication.name, *map(line, verdict.findings)]


def line(finding: Finding) -> str:
    details = json.dumps(dict(finding.details), ensure_ascii=False, default=str)
    told = (finding.effect.name, finding.check.value, finding.code, finding.where, "|", finding.reference, "|", details)
    return " ".join(told)


def everything() -> dict[str, list[str]]:
    return {name: said(case) for name, case in cases()}


def main() -> None:
    SAID.write_text(json.dumps(everything(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
