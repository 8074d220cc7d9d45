"""Prepare and complete: across processes, with the wrong key, and with somebody's fingers in between."""

from __future__ import annotations

import json
import pickle
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from certs.demo import DemoPki
from certs.errors import KeyNotOfCertificate
from consent.errors import CodedError
from consent.text import Charset, ConsentText
from signer import Digest, LocalKey, Prepared, complete, prepare, sign_consent
from signer.errors import (
    CertificateExpired,
    EvidenceTooLarge,
    PreparedInconsistent,
    PreparedMalformed,
    SignatureNotOfCertificate,
)
from tests.signer.making import AT, TEXT, ascii_text, ec_key, self_signed


@pytest.mark.parametrize("payer", ["rsa", "ecdsa"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_a_signature_made_elsewhere_completes(pki: DemoPki, payer: str, digest: Digest) -> None:
    pair = pki.payers[payer]
    prepared = prepare(
        TEXT, pair.certificate, at=AT, digest=digest, intermediates=pair.others, signing_certificate_v2=True
    )
    elsewhere = Prepared.from_json(prepared.to_json())
    assert elsewhere == prepared == pickle.loads(pickle.dumps(prepared))
    der = complete(elsewhere, LocalKey.of(pair).sign(elsewhere.to_be_signed, digest))
    (signer_info,) = cms.ContentInfo.load(der)["content"]["signer_infos"]
    assert signer_info["signed_attrs"].untag().dump() == prepared.to_be_signed
    assert prepared.to_be_signed[:1] == b"\x31"


def test_signing_in_one_go_is_prepare_and_complete(pki: DemoPki) -> None:
    pair = pki.payers["rsa"]
    prepared = prepare(TEXT, pair.certificate, at=AT)
    der = complete(prepared, LocalKey.of(pair).sign(prepared.to_be_signed, "sha256"))
    assert der == sign_consent(TEXT, LocalKey.of(pair), at=AT)


@pytest.mark.parametrize("payer", ["rsa", "ecdsa"])
def test_a_wrong_signature_is_refused(pki: DemoPki, payer: str) -> None:
    pair = pki.payers[payer]
    prepared = prepare(TEXT, pair.certificate, at=AT)
    right = LocalKey.of(pair).sign(prepared.to_be_signed, "sha256")
    flipped = bytes([*right[:-1], right[-1] ^ 1])
    other_text = LocalKey.of(pair).sign(TEXT.encoded, "sha256")
    other_digest = LocalKey.of(pair).sign(prepared.to_be_signed, "sha512")
    for wrong in (b"", b"\0", right[:-1], right + b"\0", flipped, other_text, other_digest, bytes(10_000)):
        with pytest.raises(SignatureNotOfCertificate):
            complete(prepared, wrong)


def test_a_foreign_signature_is_refused(pki: DemoPki) -> None:
    prepared = prepare(TEXT, pki.payers["rsa"].certificate, at=AT)
    for foreign in ("corporate", "ecdsa"):
        with pytest.raises(SignatureNotOfCertificate):
            complete(prepared, LocalKey.of(pki.payers[foreign]).sign(prepared.to_be_signed, "sha256"))


class Forgetful:
    """A key holder that signs with another key than its certificate says."""

    def __init__(self, pki: DemoPki) -> None:
        self.certificate = pki.payers["rsa"].certificate
        self._key = LocalKey.of(pki.payers["corporate"])

    def sign(self, data: bytes, digest: Digest) -> bytes:
        return self._key.sign(data, digest)


def test_a_key_holder_that_signs_with_another_key_is_found_out(pki: DemoPki) -> None:
    with pytest.raises(SignatureNotOfCertificate):
        sign_consent(TEXT, Forgetful(pki), at=AT)


def test_a_local_key_has_to_be_of_its_certificate(pki: DemoPki) -> None:
    with pytest.raises(KeyNotOfCertificate):
        LocalKey(pki.payers["rsa"].private_key, pki.payers["ecdsa"].certificate)


@pytest.mark.parametrize(
    "at",
    [
        AT.replace(tzinfo=None),
        AT.replace(microsecond=1),
        AT.astimezone(timezone(timedelta(hours=9))),
    ],
)
def test_a_time_that_is_not_utc_in_whole_seconds_is_a_mistake(pki: DemoPki, at: datetime) -> None:
    with pytest.raises(ValueError, match="at must be"):
        prepare(TEXT, pki.payers["rsa"].certificate, at=at)


def test_another_digest_is_a_mistake(pki: DemoPki) -> None:
    with pytest.raises(ValueError, match="digest must be"):
        prepare(TEXT, pki.payers["rsa"].certificate, at=AT, digest="sha1")  # type: ignore[arg-type]


def base64(data: bytes) -> str:
    return b64encode(data).decode()


OTHER = ConsentText.of("다른 동의", Charset.UTF_8)
CHANGES: dict[str, Callable[[DemoPki], object]] = {
    "content": lambda _: base64(OTHER.encoded),
    "digest": lambda _: "sha512",
    "signing_time": lambda _: "2026-06-01T09:30:16Z",
    "to_be_signed": lambda _: base64(b"\x31\x00"),
    "signing_certificate_v2": lambda _: True,
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_change_to_what_is_signed_is_found_out(pki: DemoPki, field: str) -> None:
    fields = json.loads(prepare(TEXT, pki.payers["rsa"].certificate, at=AT).to_json())
    fields[field] = CHANGES[field](pki)
    with pytest.raises(PreparedInconsistent):
        Prepared.from_json(json.dumps(fields))


def test_a_consistent_change_still_needs_the_payers_signature(pki: DemoPki) -> None:
    """Whoever rewrites everything only prepares something else; the signature over the first does not fit it."""
    pair = pki.payers["rsa"]
    shown = prepare(TEXT, pair.certificate, at=AT)
    signature = LocalKey.of(pair).sign(shown.to_be_signed, "sha256")
    swapped = Prepared.from_json(prepare(OTHER, pair.certificate, at=AT).to_json())
    with pytest.raises(SignatureNotOfCertificate):
        complete(swapped, signature)
    other_signer = Prepared.from_json(prepare(TEXT, pki.payers["corporate"].certificate, at=AT).to_json())
    with pytest.raises(SignatureNotOfCertificate):
        complete(other_signer, signature)


def test_complete_asks_everything_again(pki: DemoPki) -> None:
    pair = pki.payers["ecdsa"]
    certificate = pair.certificate.public_bytes(Encoding.DER)
    late = Prepared(TEXT.encoded, "utf-8", certificate, datetime(2040, 1, 1, tzinfo=UTC), "sha256")
    with pytest.raises(CertificateExpired):
        complete(late, LocalKey.of(pair).sign(late.to_be_signed, "sha256"))
    large = Prepared(ascii_text(10_000).encoded, "utf-8", certificate, AT, "sha256")
    with pytest.raises(EvidenceTooLarge):
        complete(large, LocalKey.of(pair).sign(large.to_be_signed, "sha256"))


WRONG: list[tuple[str, object]] = [
    ("version", 2),
    ("version", True),
    ("version", "1"),
    ("content", 5),
    ("content", "%%%"),
    ("content", ""),
    ("content", base64(b"\xff\xfe")),
    ("content", base64(b"bell \x07")),
    ("charset", "cp949"),
    ("charset", None),
    ("certificate", ""),
    ("certificate", base64(b"\x30\x00")),
    ("certificate", None),
    ("signing_time", "2026-06-01"),
    ("signing_time", "2026-06-01T09:30:15+00:00"),
    ("signing_time", "2026-06-01T09:30:15.5Z"),
    ("signing_time", "2026-06-01T18:30:15+09:00"),
    ("signing_time", "0001-01-01T00:00:00+23:59"),
    ("signing_time", "yesterday"),
    ("signing_time", 1_780_000_000),
    ("digest", "sha1"),
    ("digest", ["sha256"]),
    ("intermediates", None),
    ("intermediates", [5]),
    ("intermediates", [base64(b"x")]),
    ("signing_certificate_v2", 1),
    ("to_be_signed", None),
    ("to_be_signed", "?"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_malformed_field_is_refused_by_name(pki: DemoPki, field: str, value: object) -> None:
    fields = json.loads(prepare(TEXT, pki.payers["rsa"].certificate, at=AT).to_json())
    fields[field] = value
    with pytest.raises(PreparedMalformed) as refused:
        Prepared.from_json(json.dumps(fields))
    assert refused.value.details["field"] == field


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", b"\xff", "[" * 100_000])
def test_what_is_no_prepared_signature_is_refused(text: str | bytes) -> None:
    with pytest.raises(PreparedMalformed) as refused:
        Prepared.from_json(text)
    if text != "{}":
        assert refused.value.message("ko").endswith("잘못된 항목: 데이터 전체")


def test_missing_and_unknown_fields_are_refused(pki: DemoPki) -> None:
    fields: dict[str, Any] = json.loads(prepare(TEXT, pki.payers["rsa"].certificate, at=AT).to_json())
    for name in fields:
        with pytest.raises(PreparedMalformed):
            Prepared.from_json(json.dumps({key: value for key, value in fields.items() if key != name}))
    with pytest.raises(PreparedMalformed):
        Prepared.from_json(json.dumps({**fields, "note": ""}))


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), st.lists, max_leaves=3)


@settings(max_examples=50)
@given(st.data())
def test_no_field_ends_in_a_foreign_exception(pki: DemoPki, data: st.DataObject) -> None:
    fields = json.loads(prepare(TEXT, pki.payers["ecdsa"].certificate, at=AT).to_json())
    name = data.draw(st.sampled_from(sorted(fields)))
    value = data.draw(JSON)
    if value == fields[name]:
        return
    with pytest.raises(CodedError):
        Prepared.from_json(json.dumps({**fields, name: value}))


def test_the_text_is_not_shown(pki: DemoPki) -> None:
    prepared = prepare(TEXT, pki.payers["rsa"].certificate, at=AT)
    assert repr(TEXT.encoded)[2:-1] not in repr(prepared)


def test_a_prepared_signature_that_nobody_prepared_is_checked_all_the_same() -> None:
    """`complete` takes plain data from anywhere; what could not have come from `prepare` is refused with a code."""
    key = ec_key()
    good = prepare(TEXT, self_signed(key), at=AT)
    for changes, code in (
        ({"content": b"\x00\xff\xfe"}, "CMS-003"),
        ({"charset": "latin-1"}, "CMS-041"),
        ({"certificate": b"\x30\x00"}, "CMS-033"),
        ({"intermediates": (b"\x30\x00",)}, "CMS-033"),
    ):
        with pytest.raises(CodedError) as refusal:
            complete(replace(good, **changes), b"x" * 70)
        assert refusal.value.code == code


@pytest.mark.parametrize("change", ['"version": 1.0', '"version": true', '"signing_time": "1949-12-31T23:59:59Z"'])
def test_json_of_another_shape_is_malformed(change: str) -> None:
    fields = json.loads(prepare(TEXT, self_signed(ec_key()), at=AT).to_json())
    fields |= json.loads("{" + change + "}")
    with pytest.raises(CodedError) as refusal:
        Prepared.from_json(json.dumps(fields))
    assert refusal.value.code == "CMS-041"


def test_a_key_that_stands_twice_in_the_json_is_malformed() -> None:
    text = prepare(TEXT, self_signed(ec_key()), at=AT).to_json()
    with pytest.raises(CodedError) as refusal:
        Prepared.from_json(text[:-1] + ', "digest": "sha256"}')
    assert refusal.value.code == "CMS-041"
