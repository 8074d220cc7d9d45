"""An operator's desk: a demo PKI of today, a consent, its evidence, and the files that are exchanged."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from certs.demo import DemoPki, build_demo_pki, write_demo_pki
from consent import Charset, ConsentText
from consent.form import Consent, render
from evidence import LAYOUTS, write_file
from signer import LocalKey, sign_consent
from tests.service.running import ACCOUNT, HOLDER_ID, PASSWORD, PAYER_NAME, PURPOSE

INSTITUTION: Final = "9912345678"
DAY: Final = "2026-11-02"
CONSENT: Final[dict[str, Any]] = {
    "biller_name": "(주)동의데모",
    "biller_number": "123-45-67890",
    "biller_phone": "02-0000-0000",
    "purpose": PURPOSE,
    "payer_name": PAYER_NAME,
    "payer_number": "A-1029",
    "payer_phone": "010-0000-0000",
    "holder_id": HOLDER_ID,
    "bank_name": "국민은행",
    "bank_code": "004",
    "account_number": ACCOUNT,
    "debit_days": [25],
    "applied_on": DAY,
    "privacy_agreed": True,
    "third_party_agreed": True,
}
RECORD: Final[dict[str, Any]] = {
    "applied_on": DAY,
    "holder_id_type": "0",
    "holder_id": HOLDER_ID,
    "institution_code": INSTITUTION,
    "payer_number": "A-1029",
    "bank_code": "004",
    "account_number": ACCOUNT,
    "evidence_kind": "2",
    "extension": "der",
    "evidence": "rsa.der",
}
SIGNED: Final = {"rsa": "A-1029", "ecdsa": "A-1030", "revoked": "A-1031"}
"""Which payer's consent each DER is: by the name of the key it is signed with."""


@dataclass(frozen=True)
class Desk:
    """Files below `folder`; nothing may change them."""

    folder: Path
    pki: DemoPki

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    @property
    def trust(self) -> Path:
        return self.folder / "trust"

    def key(self, name: str) -> Path:
        return self.folder / "keys" / f"{name}.p12"

    def certificate(self, name: str) -> Path:
        return self.folder / "keys" / f"{name}.crt.pem"

    @property
    def password(self) -> tuple[str, Path]:
        return "--password-file", self.folder / "password.txt"


def set_up(folder: Path) -> Desk:
    pki = build_demo_pki(at=datetime.now(UTC))
    write_demo_pki(pki, folder, password=PASSWORD)
    desk = Desk(folder, pki)
    (desk / "password.txt").write_text(PASSWORD + "\r\nsomething else\n", encoding="utf-8")
    (desk / "consent.json").write_text(json.dumps(CONSENT), encoding="utf-8")
    text = render(Consent.from_json(CONSENT), Charset.UTF_8)
    (desk / "consent.txt").write_bytes(text.encoded)
    (desk / "consent-euc-kr.txt").write_bytes(ConsentText.of(text.text, Charset.EUC_KR).encoded)
    key = pki.payers["rsa"].private_key
    for name, encryption in (("plain", NoEncryption()), ("locked", BestAvailableEncryption(PASSWORD.encode()))):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        (desk / f"{name}.key.pem").write_bytes(pem)
    for name, number in SIGNED.items():
        own = render(Consent.from_json(CONSENT | {"payer_number": number}), Charset.UTF_8)
        (desk / f"{name}.der").write_bytes(evidence(pki, name, own))
    free = ConsentText.of("자동이체 출금에 동의합니다.", Charset.UTF_8)
    (desk / "free.der").write_bytes(evidence(pki, "rsa", free))  # no form of ours: it names no payer
    (desk / "again.der").write_bytes(evidence(pki, "ecdsa", text))  # the same consent as rsa.der, signed once more
    write_lines(desk / "records.jsonl", [RECORD, {**RECORD, "payer_number": "A-1030", "evidence": "ecdsa.der"}])
    with (desk / "FB0410").open("wb") as out:
        write_file(out, LAYOUTS["FB0410"], _HEADER, [(_request(n), b"") for n in ("A-1029", "A-1030", "A-9999")])
    return desk


def evidence(pki: DemoPki, payer: str, text: ConsentText) -> bytes:
    pair = pki.payers[payer]
    return sign_consent(text, LocalKey.of(replace(pair, others=())), at=pki.at)


def write_lines(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


_HEADER: Final = {"institution_code": INSTITUTION, "process_date": "20261102", "van_id": "", "bank_code": "004"}


def _request(payer_number: str) -> dict[str, str]:
    return {
        "request_type": "1",
        "business_number": "1234567890",
        "institution_code": INSTITUTION,
        "reserved_1": "",
        "payer_number": payer_number,
        "bank_code": "004",
        "account_number": ACCOUNT,
        "applied_on": "20261102",
        "evidence_type": "2",
    }
