"""DER, ECDSA signatures and SEED of the browser's modules, run in Chromium."""

from __future__ import annotations

import random
from typing import Final

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import SEED
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from playwright.sync_api import Page

from tests.browser.modules import call

RFC_4269: Final = (  # appendix B: key, plain, cipher
    ("00" * 16, "000102030405060708090A0B0C0D0E0F", "5EBAC6E0054E166819AFF1CC6D346CDB"),
    ("000102030405060708090A0B0C0D0E0F", "00" * 16, "C11F22F20140505084483597E4370F43"),
    ("4706480851E61BE85D74BFB3FD956185", "83A2F8A288641FB9A4E9A5CC2F131C7D", "EE54D13EBCAE706D226BC3142CD40D4A"),
    ("28DBC3BC49FFD87DCFA509B11D422BE7", "B41E6BE2EBA84A148E2EED84593C5EC7", "9B9B7BFCD1813CB95D0B3618F40F5122"),
)


def test_seed_is_that_of_rfc_4269(blank: Page) -> None:
    for key, plain, cipher in RFC_4269:
        read = call(blank, "dongui/seed", "decryptCbc", bytes.fromhex(key), bytes(16), bytes.fromhex(cipher))
        assert read == ["gave", plain.lower()]


def test_seed_cbc_is_that_of_openssl(blank: Page) -> None:
    """Every byte of the S-boxes is met on the way."""
    dice = random.Random(4269)
    key, iv, plain = dice.randbytes(16), dice.randbytes(16), dice.randbytes(16 * 512)
    encryptor = Cipher(SEED(key), modes.CBC(iv)).encryptor()
    assert call(blank, "dongui/seed", "decryptCbc", key, iv, encryptor.update(plain)) == ["gave", plain.hex()]


@pytest.mark.parametrize(("key", "iv", "data"), [(15, 16, 16), (16, 8, 16), (16, 16, 17)])
def test_seed_takes_whole_keys_and_blocks(blank: Page, key: int, iv: int, data: int) -> None:
    assert call(blank, "dongui/seed", "decryptCbc", bytes(key), bytes(iv), bytes(data)) == ["threw", "RangeError"]


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "30",
        "3003",
        "30800000",  # indefinite
        "3081020500",  # length in more bytes than it takes
        "3082000105",
        "30840000000105",
        "30ff",
        "1f8101",  # long tag
        "30020500ff",  # something after it
        "300305",
    ],
)
def test_der_is_read_strictly(blank: Page, hostile: str) -> None:
    assert call(blank, "dongui/der", "parse", bytes.fromhex(hostile)) == ["threw", "NotDer"]


@pytest.mark.parametrize(
    ("time", "read"),
    [
        (b"\x17\x0d260601093000Z", ["gave", "2026-06-01T09:30:00.000Z"]),
        (b"\x17\x0d500101000000Z", ["gave", "1950-01-01T00:00:00.000Z"]),
        (b"\x18\x0f20500101000000Z", ["gave", "2050-01-01T00:00:00.000Z"]),
        (b"\x17\x0d261301093000Z", ["threw", "NotDer"]),
        (b"\x17\x0d260230093000Z", ["threw", "NotDer"]),
        (b"\x17\x0b2606010930Z", ["threw", "NotDer"]),
        (b"\x17\x112606010930+0900Z", ["threw", "NotDer"]),
        (b"\x18\x1120260601093000.5Z", ["threw", "NotDer"]),
    ],
)
def test_times_are_read_strictly(blank: Page, time: bytes, read: list[str]) -> None:
    done = blank.evaluate(
        """async (bytes) => {
          const { parse, time } = await import("/static/dongui/der.js");
          try { return ["gave", time(parse(Uint8Array.from(bytes))).toISOString()]; }
          catch (error) { return ["threw", error.name]; }
        }""",
        list(time),
    )
    assert done == read


@pytest.mark.parametrize("length", [32, 48, 66])
def test_ecdsa_signatures_become_der(blank: Page, length: int) -> None:
    dice = random.Random(length)
    numbers = [0, 1, 0x7F, 0x80, 256**length - 1, dice.getrandbits(8 * length - 9), dice.getrandbits(8 * length)]
    for r in numbers:
        for s in (numbers[-1], numbers[-2], 0x80):
            raw = r.to_bytes(length, "big") + s.to_bytes(length, "big")
            assert call(blank, "dongui/ecdsa", "ecdsaDer", raw) == ["gave", encode_dss_signature(r, s).hex()]


def test_ecdsa_signatures_of_odd_length_are_none(blank: Page) -> None:
    assert call(blank, "dongui/ecdsa", "ecdsaDer", bytes(63)) == ["threw", "RangeError"]


def test_base64_is_read_strictly(blank: Page) -> None:
    assert call(blank, "dongui/bytes", "fromBase64", "AAEC") == ["gave", "000102"]
    for wrong in ("AAE", "AA C", "A===", "AA-_", None, 7):
        assert call(blank, "dongui/bytes", "fromBase64", wrong)[0] == "threw"
