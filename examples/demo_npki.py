"""The demo's NPKI folders: what is in them, a consent signed with a signPri.key, and whose certificate it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from certs import TrustStore
from certs.demo import DemoPki
from certs.identity import holder_is
from certs.npki import NpkiPair, find, open_pair
from consent import ConsentText
from examples.demo_table import Row, openssl_agrees
from signer import LocalKey, sign_consent
from verifier import policies, verify_der

PAYER: Final = "rsa"
NAME: Final = "홍길동"
SIGNED: Final = "npki"
OF_THE_PAYER: Final = "000000-0000000"
SOMEBODY_ELSE: Final = "000000-0000001"


def npki(pki: DemoPki, trust: TrustStore, folder: Path, text: ConsentText, password: str) -> Iterator[Row]:
    """Look through the folders, sign with the key of one holder, and ask whose certificate it is."""
    found = find([folder / "NPKI"], at=pki.at)
    states = ", ".join(f"{count} {state}" for state, count in Counter(one.state(pki.at) for one in found).items())
    yield Row("NPKI/", f"{len(found)} certificates", states, bool(found))
    for place in ("NPKI", "usb/NPKI"):
        pair = opened(folder / place, pki, password)
        scheme = "seedCBCWithSHA1" if place == "NPKI" else "PBES2"
        same = pair.private_key.public_key() == pki.payers[PAYER].certificate.public_key()
        yield Row(f"{place}/…/signPri.key", f"SEED, {scheme}", "opens, with R", same and pair.random is not None)
    yield signed(pair, pki, trust, folder, text)
    numbers = (OF_THE_PAYER, SOMEBODY_ELSE)
    asked = {number: holder_is(pair.certificate, number, pair.random) for number in numbers}
    said = "; ".join(f"{number} {'matches' if matches else 'does not match'}" for number, matches in asked.items())
    yield Row("VID", "identity numbers", said, list(asked.values()) == [True, False])


def opened(npki_folder: Path, pki: DemoPki, password: str) -> NpkiPair:
    (one,) = find([npki_folder], at=pki.at, name=NAME)
    if one.key_file is None:
        raise AssertionError("the demo's payer has a key")
    return open_pair(one.certificate_file.read_bytes(), one.key_file.read_bytes(), password)


def signed(pair: NpkiPair, pki: DemoPki, trust: TrustStore, folder: Path, text: ConsentText) -> Row:
    at = pki.at
    der = sign_consent(text, LocalKey.of(pair), at=at, intermediates=pki.payers[PAYER].others)
    (folder / f"{SIGNED}.txt").write_bytes(text.encoded)
    (folder / f"{SIGNED}.der").write_bytes(der)
    outcome = verify_der(der, trust=trust, policy=policies.KFTC, at=at).indication.name
    made = f"signPri.key, {len(der):,} bytes"
    return Row(f"{SIGNED}.der", made, outcome, outcome == "TOTAL_PASSED", openssl_agrees(folder, SIGNED))
