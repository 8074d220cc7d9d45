"""Whole files put together by hand, without the tables, against what the builders write."""

from __future__ import annotations

import io

from evidence import FoundEvidence, answer_fb0410, check
from tests.evidence.samples import DAY, built, cancellation, registration

DER = b"0\x82\x02\x71" + b"\x20" * 621  # 625 bytes, the last of them SPACE

FB0110_HEADER = (b"HFB0110VKN9912345678          20260601" + b" " * 30 + b"0040000000002").ljust(1024)
FB0110_REGISTRATION = (
    b"D0000000001"
    + b" " * 30
    + b"202606010900101       9912345678          N          "
    + b"PAYER-0001                    "
    + b"00400000000000001      2der 0000625"
    + b" " * 200
    + b"N"
    + b" " * 40
    + DER
).ljust(2048)
FB0110_CANCELLATION = (
    b"D0000000002"
    + b" " * 30
    + b"2026060110000000000   9912345678          N          "
    + b"PAYER-0002                    "
    + b"08800000000000002      2    0000000"
    + b" " * 200
    + b"Y"
    + b" " * 40
).ljust(1024)
FB0110_TRAILER = b"TFB01100000000002".ljust(1024)

IDENTITY_1 = b"11234567890" + b"9912345678".ljust(30) + b"P1".ljust(30) + b"004" + b"1".ljust(20)
IDENTITY_2 = b"21234567890" + b"9912345678".ljust(30) + b"P2".ljust(30) + b"088" + b"2".ljust(20)
FB0410_LINES = (
    (b"HFB0410VKN9912345678          20260601VANID" + b" " * 25 + b"0040000000002").ljust(400),
    (b"D0000000001" + IDENTITY_1 + b"202605012").ljust(400),
    (b"D0000000002" + IDENTITY_2 + b"202605022").ljust(400),
    b"TFB04100000000002".ljust(400),
)
FB0420_HEADER = (b"HFB0420VKN9912345678          20260601VANID" + b" " * 25 + b"0040000000002").ljust(1024)
FB0420_FOUND = (b"D0000000001" + IDENTITY_1 + b"202606017Yder 0000625" + b" " * 274 + DER).ljust(2048)
FB0420_MISSING = (b"D0000000002" + IDENTITY_2 + b"202605022N    0000000").ljust(1024)
FB0420_TRAILER = b"TFB04200000000002".ljust(1024)


def test_fb0110_is_what_the_specification_draws() -> None:
    raw = built([registration(DER), cancellation()])
    assert raw[:1024] == FB0110_HEADER
    assert raw[1024:3072] == FB0110_REGISTRATION
    assert raw[3072:4096] == FB0110_CANCELLATION
    assert raw[4096:] == FB0110_TRAILER


def test_fb0420_is_what_the_specification_draws() -> None:
    request = b"".join(line + b"\r\n" for line in FB0410_LINES)
    assert check(io.BytesIO(request)).sound
    found = FoundEvidence(applied_on=DAY, evidence_kind="7", extension="der", evidence=DER)
    out = io.BytesIO()
    answer_fb0410(io.BytesIO(request), lambda one: found if one.payer_number == "P1" else None, out)
    raw = out.getvalue()
    assert raw[:1024] == FB0420_HEADER
    assert raw[1024:3072] == FB0420_FOUND
    assert raw[3072:4096] == FB0420_MISSING
    assert raw[4096:] == FB0420_TRAILER
