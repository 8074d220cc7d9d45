"""What the page lets itself be asked to sign: the text on the screen, now, with its certificate, and nothing else."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from signer.cms import CONTEXT_0, OCTET_STRING, SEQUENCE, SET, UTC_TIME, element, set_of, signed_attributes
from tests.browser.modules import call

AT: Final = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
TEXT: Final = "자동납부에 동의합니다.".encode()
CERTIFICATE: Final = b"certificate"
WHOLE: Final = signed_attributes(TEXT, "sha256", AT, CERTIFICATE)
SIGNING_TIME_OID: Final = bytes.fromhex("06092a864886f70d010905")
DIGEST_OID: Final = bytes.fromhex("06092a864886f70d010904")
SMIME_CAPABILITIES: Final = element(SEQUENCE, bytes.fromhex("06092a864886f70d01090f") + element(SET, b"\x30\x00"))


def asked(page: Page, to_be_signed: bytes, now: datetime = AT, text: bytes = TEXT, digest: str = "sha256") -> Any:
    own = {
        "contentDigest": hashlib.new(digest, text).digest(),
        "certificateSha256": hashlib.sha256(CERTIFICATE).digest(),
        "now": {"date": now.isoformat()},
    }
    return call(page, "dongui/attributes", "requireCovers", to_be_signed, own)[-1]


def attributes(whole: bytes = WHOLE) -> list[bytes]:
    """The single attributes, each as its DER; all lengths here are of one or two bytes."""
    start = 2 if whole[1] < 0x80 else 2 + (whole[1] & 0x7F)
    found = []
    while start < len(whole):
        size = 2 + whole[start + 1]
        found.append(whole[start : start + size])
        start += size
    return found


def with_values(oid: bytes, *values: bytes) -> bytes:
    return element(SEQUENCE, oid + element(SET, b"".join(values)))


def test_its_own_text_is_covered(blank: Page) -> None:
    assert asked(blank, WHOLE) is None
    assert asked(blank, signed_attributes(TEXT, "sha256", AT, None)) is None


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
def test_by_any_digest(blank: Page, digest: Any) -> None:
    assert asked(blank, signed_attributes(TEXT, digest, AT, CERTIFICATE), digest=digest) is None


def test_another_text_is_refused(blank: Page) -> None:
    assert asked(blank, signed_attributes(TEXT + b" ", "sha256", AT, CERTIFICATE)) == "covers-other-text"
    assert asked(blank, signed_attributes(TEXT, "sha512", AT, CERTIFICATE)) == "covers-other-text"


@pytest.mark.parametrize(
    ("minutes", "said"), [(-10, None), (10, None), (-11, "covers-other-time"), (11, "covers-other-time")]
)
def test_another_time_is_refused(blank: Page, minutes: int, said: str | None) -> None:
    assert asked(blank, WHOLE, now=AT + timedelta(minutes=minutes)) == said


def test_another_certificate_is_refused(blank: Page) -> None:
    assert asked(blank, signed_attributes(TEXT, "sha256", AT, b"another")) == "covers-other-certificate"


def test_a_certificate_named_twice_is_refused(blank: Page) -> None:
    """SigningCertificateV2 of two certificates, or with a policy: more than the page can vouch for."""
    once = element(SEQUENCE, element(OCTET_STRING, hashlib.sha256(CERTIFICATE).digest()))
    oid = bytes.fromhex("060b2a864886f70d010910022f")
    for value in (
        element(SEQUENCE, element(SEQUENCE, once + once)),
        element(SEQUENCE, element(SEQUENCE, once) + b"\x30\x00"),
    ):
        bound = with_values(oid, value)
        rest = attributes(signed_attributes(TEXT, "sha256", AT, None))
        assert asked(blank, set_of(SET, [*rest, bound])) == "covers-malformed"


def test_any_further_attribute_is_refused(blank: Page) -> None:
    assert asked(blank, set_of(SET, [*attributes(), SMIME_CAPABILITIES])) == "covers-other-attributes"


def test_a_missing_attribute_is_refused(blank: Page) -> None:
    needed = attributes(signed_attributes(TEXT, "sha256", AT, None))
    for left_out in needed:
        assert asked(blank, set_of(SET, [one for one in needed if one != left_out])) == "covers-malformed"


def test_an_attribute_that_stands_twice_is_refused(blank: Page) -> None:
    foreign = attributes(signed_attributes(b"another text", "sha256", AT, None))
    digest = next(one for one in foreign if DIGEST_OID in one)
    assert asked(blank, set_of(SET, [*attributes(), digest])) == "covers-malformed"


def test_an_attribute_with_two_values_is_refused(blank: Page) -> None:
    (second,) = [b"\x17\x0d260601093001Z"]
    (first,) = [b"\x17\x0d260601093000Z"]
    others = [one for one in attributes() if SIGNING_TIME_OID not in one]
    assert asked(blank, set_of(SET, [*others, with_values(SIGNING_TIME_OID, first, second)])) == "covers-malformed"
    assert asked(blank, set_of(SET, [*others, with_values(SIGNING_TIME_OID)])) == "covers-malformed"


def test_another_content_type_is_refused(blank: Page) -> None:
    other = WHOLE.replace(bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702"))
    assert asked(blank, other) == "covers-other-attributes"


def test_other_orders_are_refused(blank: Page) -> None:
    assert asked(blank, element(SET, b"".join(reversed(attributes())))) == "covers-malformed"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x31\x00",
        TEXT,
        element(SEQUENCE, WHOLE[3:]),  # SEQUENCE in place of SET
        element(CONTEXT_0, WHOLE[3:]),  # as it stands in SignerInfo
        WHOLE + b"\x00",
        b"\x31\x82\x00" + WHOLE[2:],  # a length longer than needed
        element(SET, b"".join(attributes()) + element(UTC_TIME, b"260601093000Z")),
    ],
)
def test_anything_else_is_refused(blank: Page, said: bytes) -> None:
    assert asked(blank, said) == "covers-malformed"


def test_cut_or_flipped_anywhere_it_is_refused(blank: Page) -> None:
    """Each prefix, and each byte changed: only another minute of the signing-time, within reason, is let by."""
    cut = [WHOLE[:size].hex() for size in range(len(WHOLE))]
    flipped = [WHOLE[:at] + bytes([WHOLE[at] ^ 1]) + WHOLE[at + 1 :] for at in range(len(WHOLE))]
    let_by = blank.evaluate(
        """async ([all, digest, certificate, now]) => {
          const { requireCovers } = await import("/static/dongui/attributes.js");
          const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
          const own = { contentDigest: bytes(digest), certificateSha256: bytes(certificate), now: new Date(now) };
          return all.filter((hex) => { try { requireCovers(bytes(hex), own); return true; } catch (error) {
            if (!error.code) throw error;
            return false;
          }});
        }""",
        [
            [*cut, *(one.hex() for one in flipped)],
            hashlib.sha256(TEXT).hexdigest(),
            hashlib.sha256(CERTIFICATE).hexdigest(),
            AT.isoformat(),
        ],
    )
    minutes_and_seconds = [WHOLE.index(b"260601093000Z") + place for place in (8, 9, 10, 11)]
    assert sorted(let_by) == sorted(flipped[at].hex() for at in minutes_and_seconds)
