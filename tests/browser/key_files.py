"""Key files of every kind that a payer may bring, made for the tests."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from certs.keys import KeyPair
from certs.npki import Scheme, lock, lock_key, seed

PASSWORD: Final = "qwer1234!@"
HANGUL: Final = "비밀번호1!"
RANDOM: Final = bytes(range(20))


def aes(
    mac: hashes.HashAlgorithm | None = None, password: str = PASSWORD, rounds: int = 2048
) -> KeySerializationEncryption:
    """PBES2 with AES-256."""
    return (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(rounds)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(mac or hashes.SHA256())
        .build(password.encode())
    )


def triple_des() -> KeySerializationEncryption:
    """As programs before 2022 wrote them."""
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2048).hmac_hash(hashes.SHA1())
    return builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).build(PASSWORD.encode())


def p12(pair: KeyPair, encryption: KeySerializationEncryption | None = None) -> bytes:
    how = aes() if encryption is None else encryption
    return pkcs12.serialize_key_and_certificates(b"payer", pair.private_key, pair.certificate, pair.others, how)


def seed_p12(pair: KeyPair, folder: Path) -> bytes:
    """PBES2 with SEED, as OpenSSL's legacy provider writes it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    plain, made = folder / "pair.pem", folder / "seed.p12"
    plain.write_bytes(
        pair.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate(pair, Encoding.PEM)
    )
    ciphers = ["-certpbe", "SEED-CBC", "-keypbe", "SEED-CBC", "-provider", "legacy", "-provider", "default"]
    command = [
        "openssl",
        "pkcs12",
        "-export",
        "-in",
        str(plain),
        "-out",
        str(made),
        "-passout",
        f"pass:{PASSWORD}",
        *ciphers,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return made.read_bytes()


def certificate(pair: KeyPair, encoding: Encoding = Encoding.DER) -> bytes:
    return pair.certificate.public_bytes(encoding)


def npki(pair: KeyPair, scheme: Scheme, password: str = PASSWORD, charset: str = "utf-8") -> bytes:
    """signPri.key, with R in it."""
    word = password.encode(charset)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock, "pbkdf1", lambda _, *rest: seed.pbkdf1(word, *rest))
        patch.setattr(lock, "pbkdf2", lambda _, *rest: seed.pbkdf2(word, *rest))
        return lock_key(pair.private_key, RANDOM, password, scheme)


def npki_of(info: bytes, scheme: Scheme, iterations: int = 2048) -> bytes:
    """Any bytes encrypted as a key would be; with other iterations than 2048 it does not open."""
    key = b"\x00" * seed.SEED_KEY_BYTES
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock, "private_key_info", lambda *_: info)
        if iterations != lock.ITERATIONS:
            patch.setattr(lock, "ITERATIONS", iterations)
            patch.setattr(lock, "pbkdf1", lambda *_: (key, key))
            patch.setattr(lock, "pbkdf2", lambda *_: key)
        return lock_key(None, None, PASSWORD, scheme)  # type: ignore[arg-type]


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()
