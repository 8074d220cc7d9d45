"""judge_table: a row for whatever comes in, and in it what verify_der says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any, Final

import pyarrow as pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certs import Holder, TrustStore
from tests.fuzz.pki import JUDGED_AT, PKI, TRUST
from tests.verifier.forge import Forge
from tests.verifier.mutants import mutants
from tests.verifier.said import cases
from verifier import SIGNING_TIME, Receipt, VerifyPolicy, policies, verify_der
from verifier.batch import judge_table
from verifier.batch.columns import EVIDENCE, VERDICTS
from verifier.batch.judging import in_microseconds
from verifier.batch.signer_facts import _holder
from verifier.common_certificate import read_common_certificate
from verifier.subject import At, Subject

Row = dict[str, Any]
SOUND: Final = Forge(PKI).der()


def judged(*ders: bytes | None, **asked: Any) -> list[Row]:
    table = pa.table({"id": [str(n) for n in range(len(ders))], "der": pa.array(ders, pa.binary())})
    return judged_table(table, **asked)


def judged_table(table: pa.Table, **asked: Any) -> list[Row]:
    wanted: dict[str, Any] = {"trust": TRUST, "policy": policies.KFTC, "at": JUDGED_AT} | asked
    result = judge_table(table, **wanted)
    assert result.schema == VERDICTS
    assert result.column("id").to_pylist() == table.column("id").to_pylist()
    rows: list[Row] = result.to_pylist()
    return rows


def expected(der: bytes, trust: TrustStore, policy: VerifyPolicy, at: At, **more: Any) -> Row:
    """What verify_der says, and what the certificate is by cryptography alone."""
    verdict = verify_der(der, trust=trust, policy=policy, at=at, **more)
    passed = verdict.indication.TOTAL_PASSED
    is_whole = len(der) <= policy.max_der_bytes
    return {
        "indication": verdict.indication.name,
        "codes": sorted({f.code for f in verdict.findings if f.effect is not passed}),
        "remarks": sorted({f.code for f in verdict.findings if f.effect is passed}),
        "not_run": sorted(check.value for check in verdict.not_run),
        "sha256": sha256(der).hexdigest() if is_whole else None,
        "size": len(der) if is_whole else None,
        "verified_at": verdict.verified_at,
        "time_source": verdict.time_source.value,
        "signing_time": verdict.signing_time,
    }


def certificate_facts(der: bytes, trust: TrustStore, policy: VerifyPolicy, at: At) -> Row:
    try:
        certificate = Subject(der, trust, policy, at).signer_certificate
        issuer = None if certificate is None else certificate.issuer.rfc4514_string()
    except ValueError:  # what cannot be read has no name
        return {}
    if certificate is None:
        return {"signer": None, "issuer": None, "serial_number": None, "not_after": None}
    return {
        "signer": certificate.subject.rfc4514_string(),
        "issuer": issuer,
        "serial_number": f"{certificate.serial_number:x}",
        "not_after": certificate.not_valid_after_utc,
    }


def test_a_row_says_what_verify_der_says_about_messages_of_every_kind() -> None:
    for name, case in islice(cases(), 0, None, 10):
        der, trust, policy, at = case
        (row,) = judged(der, trust=trust, policy=policy, at=at)
        wanted = expected(*case) | certificate_facts(*case)
        assert {key: row[key] for key in wanted} == wanted, name


def test_hostile_bytes_give_rows_and_never_an_end() -> None:
    ders = [*mutants(SOUND, 300), b"", b"\x30", bytes(9), b"\x30\x80" * 5000, bytes(20_000)]
    for der, row in zip(ders, judged(*ders), strict=True):
        wanted = expected(der, TRUST, policies.KFTC, JUDGED_AT)
        assert {key: row[key] for key in wanted} == wanted


def test_evidence_without_bytes_is_undecided() -> None:
    first, second = judged(None, SOUND)
    assert (first["indication"], first["codes"], first["not_run"]) == ("INDETERMINATE", ["CMS-196"], ["input"])
    assert first["sha256"] is None and first["verified_at"] is None
    assert second["indication"] == "TOTAL_PASSED"


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_time_of_receipt_counts_as_a_receipt(unit: str) -> None:
    """Nanoseconds are rounded up: it must not have been there before it was."""
    der, at = SOUND, JUDGED_AT - timedelta(hours=3)
    times = pa.array([at, None], pa.timestamp(unit, tz="Asia/Seoul"))
    table = pa.table({"id": ["a", "b"], "der": [der, der], "received_at": times})
    received, not_received = judged_table(table)
    wanted = expected(der, TRUST, policies.KFTC, JUDGED_AT, proofs=[Receipt(sha256(der).digest(), at)])
    assert {key: received[key] for key in wanted} == wanted
    assert (received["time_source"], not_received["time_source"]) == ("receipt", "given")


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_a_fraction_of_a_second_counts_as_verify_der_counts_it(unit: str) -> None:
    """Received in the last moment before the signer's certificate begins, and when it does."""
    certificate = Subject(SOUND, TRUST, policies.KFTC, JUDGED_AT).signer_certificate
    assert certificate is not None
    begins = certificate.not_valid_before_utc
    for at in (begins - timedelta(milliseconds=1), begins):
        times = pa.array([at], pa.timestamp(unit, tz="UTC"))
        (row,) = judged_table(pa.table({"id": ["a"], "der": [SOUND], "received_at": times}))
        wanted = expected(SOUND, TRUST, policies.KFTC, JUDGED_AT, proofs=[Receipt(sha256(SOUND).digest(), at)])
        assert (row["indication"], row["codes"]) == (wanted["indication"], wanted["codes"])
        assert ("PKI-113" in row["codes"]) == (at < begins)


def test_less_than_a_microsecond_is_rounded_up() -> None:
    """Evidence must not have been there before it was; Python's clock knows no shorter time."""
    at = JUDGED_AT - timedelta(hours=3)
    nanoseconds = pa.array([at], pa.timestamp("ns", tz="UTC")).cast(pa.int64()).to_pylist()[0]
    assert in_microseconds(pa.array([nanoseconds - 1], pa.timestamp("ns"))) == [nanoseconds // 1000]


@pytest.mark.parametrize("times", [pa.array([0], pa.int64()), pa.array([0], pa.timestamp("s"))])
def test_a_time_of_receipt_has_a_time_zone(times: pa.Array) -> None:
    with pytest.raises(TypeError):
        judged_table(pa.table({"id": ["a"], "der": [SOUND], "received_at": times}))


def test_a_time_of_receipt_that_is_none_leaves_it_undecided() -> None:
    times = pa.array([2**61, -(2**61)], pa.timestamp("s", tz="UTC"))
    table = pa.table({"id": ["a", "b"], "der": [SOUND] * 2, "received_at": times})
    for row in judged_table(table):
        assert (row["indication"], row["codes"]) == ("INDETERMINATE", ["CMS-196"])
        assert row["sha256"] == sha256(SOUND).hexdigest()


def test_policy_time_and_holder_are_those_asked_for() -> None:
    (row,) = judged(SOUND, policy=policies.CMS, at=SIGNING_TIME)
    assert (row["time_source"], row["verified_at"]) == ("signing-time", row["signing_time"])
    (row,) = judged(SOUND, holder=Holder.CORPORATE)
    assert row["codes"] == ["PKI-146"]


def test_a_table_without_rows_gives_one_without_rows() -> None:
    assert judged_table(EVIDENCE.empty_table()) == []


def test_it_is_told_which_row_is_being_dealt_with() -> None:
    told: list[int] = []
    judged(SOUND, None, b"", beginning=told.append)
    assert set(told) == {0, 2}  # of the one without bytes there is nothing to do
    assert told[-1] == 2


@pytest.mark.parametrize(
    "name",
    [
        "홍길동",
        "Hong, Gil Dong",
        "a+b",
        ' "x"',
        "a;b<c>d",
        "back\\slash",
        "#a",
        "trailing ",
        " leading",
        "a=b",
        "가나 다",
    ],
)
def test_a_holders_name_is_written_as_rfc_4514_has_it(name: str) -> None:
    """Whether it is taken from the bytes or from a Name object makes no difference."""
    key = ec.generate_private_key(ec.SECP256R1())
    parts = [(NameOID.COUNTRY_NAME, "KR"), (NameOID.ORGANIZATIONAL_UNIT_NAME, name), (NameOID.COMMON_NAME, name)]
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA")]))
        .public_key(key.public_key())
        .serial_number(2**150 + 1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    common = read_common_certificate(certificate.public_bytes(Encoding.DER))
    assert common is not None
    assert _holder(common) == subject.rfc4514_string()
