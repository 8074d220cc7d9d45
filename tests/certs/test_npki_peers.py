"""What others make of our keys, and we of theirs: OpenSSL's legacy provider, and PyPinkSign."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pypinksign
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from certs.demo import DemoPki, write_demo_pki
from certs.errors import PasswordWrong
from certs.keys import open_private_key
from certs.npki import Scheme, find, lock_key
from certs.npki.private_key_info import private_key_info

PASSWORD: Final = "qwer1234!@"
RANDOM: Final = bytes(range(20))


def openssl(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *words], capture_output=True, check=False)


def has_legacy() -> bool:
    return shutil.which("openssl") is not None and openssl("list", "-providers", "-provider", "legacy").returncode == 0


@pytest.mark.skipif(not has_legacy(), reason="there is no openssl command with its legacy provider")
def test_openssl_opens_every_pbes2_key_of_the_demo(pki: DemoPki, tmp_path: Path) -> None:
    write_demo_pki(pki, tmp_path, password=PASSWORD)
    opened = 0
    for one in find([tmp_path, tmp_path / "usb"], at=pki.at):
        if one.key_file is None or one.certificate is None:
            continue
        words = ("pkcs8", "-provider", "legacy", "-provider", "default", "-inform", "DER", "-in", str(one.key_file))
        ran = openssl(*words, "-passin", f"pass:{PASSWORD}")
        if ran.returncode == 0:
            opened += 1
            assert load_pem_private_key(ran.stdout, None).public_key() == one.certificate.public_key()
        else:
            assert b"1.2.410.200004.1.15" in ran.stderr  # seedCBCWithSHA1, which OpenSSL has no name for
        assert openssl(*words, "-passin", "pass:wrong").returncode != 0
    assert opened == 4


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("payer", ["rsa", "corporate", "bank"])
def test_pypinksign_reads_both_kinds(pki: DemoPki, payer: str, scheme: Scheme) -> None:
    pair = pki.payers[payer]
    assert isinstance(pair.private_key, RSAPrivateKey)
    peer = pypinksign.PinkSign(pubkey_data=pair.certificate.public_bytes(Encoding.DER))
    peer.load_prikey(
        prikey_data=lock_key(pair.private_key, RANDOM, PASSWORD, scheme), prikey_password=PASSWORD.encode()
    )
    assert peer.prikey.private_numbers() == pair.private_key.private_numbers()
    assert peer.verify(peer.sign(b"a"), b"a")
    assert RANDOM in bytes(peer._rand_num.asOctets())


def test_what_pypinksign_encrypts_again_opens_with_its_random(pki: DemoPki) -> None:
    key = pki.payers["rsa"].private_key
    for random in (None, RANDOM):
        plain = base64.b64encode(private_key_info(key, None)).decode()
        if random is not None:
            plain = pypinksign.inject_rand_in_plain_prikey(plain, random)
        data = base64.b64decode(pypinksign.encrypt_decrypted_prikey(plain, PASSWORD.encode()))
        opened = open_private_key(data, PASSWORD)
        assert opened.private_key.public_key() == key.public_key()
        assert opened.random == random
        with pytest.raises(PasswordWrong):
            open_private_key(data, "wrong")


def test_pypinksign_puts_the_random_where_we_do(pki: DemoPki) -> None:
    key = pki.payers["rsa"].private_key
    plain = base64.b64encode(private_key_info(key, None)).decode()
    theirs = base64.b64decode(pypinksign.inject_rand_in_plain_prikey(plain, RANDOM))
    assert theirs == private_key_info(key, RANDOM)
