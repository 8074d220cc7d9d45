"""Tables of verdicts as a batch leaves them: rows made up, and rows of DERs that are judged here."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from certs import TrustStore
from certs.products import policies_of
from verifier import policies, verify_der
from verifier.batch.columns import VERDICTS
from verifier.subject import At, Subject
from verifier.verdict import Indication
from verifier.verify import subject_of

AT: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
YESSIGN: Final = "CN=yessignCA Class 3,OU=AccreditedCA,O=yessign,C=KR"
PASSED: Final[dict[str, Any]] = {
    "id": "2026/a.der",
    "indication": "TOTAL_PASSED",
    "codes": [],
    "remarks": ["CMS-101", "PKI-148"],
    "not_run": [],
    "sha256": "ab" * 32,
    "size": 3210,
    "verified_at": AT,
    "time_source": "given",
    "signing_time": datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC),
    "signer": "CN=홍길동(Hong Gil Dong)0099046demo0001,OU=personal4IB,O=yessign,C=KR",
    "issuer": YESSIGN,
    "serial_number": "1a2b",
    "not_before": datetime(2026, 5, 1, tzinfo=UTC),
    "not_after": datetime(2027, 5, 1, 14, 59, 59, tzinfo=UTC),
    "key": "RSA 2048",
    "product": "1.2.410.200005.1.1.1",
    "microseconds": 150,
}
NOT_READ: Final[dict[str, Any]] = {
    **dict.fromkeys(PASSED),
    "id": "2026/lost.der",
    "indication": "INDETERMINATE",
    "codes": ["SVC-001"],
    "remarks": [],
    "not_run": ["input"],
}


def row(**changes: object) -> dict[str, Any]:
    """One that passed, but for these changes."""
    return PASSED | changes


def failed(**changes: object) -> dict[str, Any]:
    return row(indication="TOTAL_FAILED", codes=["CMS-161", "CMS-181"]) | changes


def unclear(**changes: object) -> dict[str, Any]:
    return row(indication="INDETERMINATE", codes=["PKI-122"]) | changes


def judged(identity: str, der: bytes, trust: TrustStore, at: At) -> dict[str, Any]:
    """The row of a DER."""
    verdict = verify_der(der, trust=trust, policy=policies.KFTC, at=at)
    subject = subject_of(der, trust=trust, policy=policies.KFTC, at=at)
    against = {one.code for one in verdict.findings if one.effect is not Indication.TOTAL_PASSED}
    return {
        "id": identity,
        "indication": verdict.indication.name,
        "codes": sorted(against),
        "remarks": sorted({one.code for one in verdict.findings if one.effect is Indication.TOTAL_PASSED}),
        "not_run": sorted(check.value for check in verdict.not_run),
        "sha256": hashlib.sha256(der).hexdigest(),
        "size": len(der),
        "verified_at": verdict.verified_at,
        "time_source": verdict.time_source.value,
        "signing_time": verdict.signing_time,
        "microseconds": 200,
        **_of_signer(subject),
    }


def _of_signer(subject: Subject) -> dict[str, Any]:
    names = ("signer", "issuer", "serial_number", "not_before", "not_after", "key", "product")
    certificate = subject.signer_certificate
    if certificate is None:
        return dict.fromkeys(names)
    found = policies_of(certificate)
    return {
        "signer": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial_number": f"{certificate.serial_number:x}",
        "not_before": certificate.not_valid_before_utc,
        "not_after": certificate.not_valid_after_utc,
        "key": "P-256",
        "product": found[0] if found else None,
    }


def table_of(rows: Sequence[dict[str, Any]]) -> Any:
    return pa.Table.from_pylist(list(rows), VERDICTS)


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """By the suffix: Parquet, CSV or JSON lines."""
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8-sig") as stream:
            lines = csv.writer(stream)
            lines.writerow(VERDICTS.names)
            lines.writerows([_cell(one[name]) for name in VERDICTS.names] for one in rows)
    elif path.suffix == ".jsonl":
        told = ({k: v.isoformat() if isinstance(v, datetime) else v for k, v in one.items()} for one in rows)
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in told), encoding="utf-8")
    else:
        pq.write_table(table_of(rows), path)
    return path


def _cell(value: object) -> object:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, str) and value[:1] in set("=+-@"):
        return f"'{value}"  # a spreadsheet would take it for a formula
    return value.isoformat() if isinstance(value, datetime) else value


_TIMES: Final = st.none() | st.integers(-62_135_596_800, 253_402_300_799).map(
    lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
_TEXTS: Final = st.none() | st.sampled_from(["", "a", YESSIGN, "1.2.3", "<b>"]) | st.text(max_size=8)
_CODES: Final = st.lists(
    st.sampled_from(["CMS-161", "PKI-122", "PKI-121", "XYZ-1", "<i>"]), max_size=3, unique=True
).map(sorted)
ROWS: Final = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.text(max_size=8),
            "indication": st.sampled_from([one.name for one in Indication]),
            "codes": _CODES,
            "remarks": st.just([]),
            "not_run": st.lists(st.sampled_from(["input", "path", "digest", "?"]), max_size=2, unique=True),
            "sha256": st.none() | st.just("cd" * 32) | st.text(max_size=4),
            "size": st.none() | st.integers(0, 2**40),
            "verified_at": _TIMES,
            "time_source": st.none() | st.sampled_from(["given", "signing-time", "receipt", "time-stamp", "x"]),
            "signing_time": _TIMES,
            "signer": _TEXTS,
            "issuer": _TEXTS,
            "serial_number": st.none(),
            "not_before": _TIMES,
            "not_after": _TIMES,
            "key": _TEXTS,
            "product": _TEXTS,
            "microseconds": st.none() | st.integers(-5, 2**62),
        }
    ),
    max_size=12,
)
"""Any rows, likely or not."""
