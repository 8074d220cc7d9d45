"""The whole way of a consent, in one run.

Texts are signed in both charsets with RSA and ECDSA, judged, and packed into FB0110; an audit request FB0410 is
answered with FB0420. Everything stays in one folder, to be looked at and checked with OpenSSL::

    python -m examples.demo demo-out
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import BinaryIO, Final

from rich.console import Console
from rich.table import Table

from certs import TrustStore
from certs.demo import DemoPki, build_demo_pki, write_demo_pki
from certs.keys import KeyPair
from consent import Charset, ConsentText
from consent.form import Consent, render
from evidence import (
    LAYOUTS,
    AuditRequest,
    Cancellation,
    DataRecord,
    FoundEvidence,
    Registration,
    answer_fb0410,
    build_fb0110,
    check,
    decode_lines,
    encode_lines,
    read_file,
    to_line,
    write_file,
    writing,
)
from signer import LocalKey, sign_consent
from verifier import Verdict, policies, verify_der

KOREA: Final = timezone(timedelta(hours=9))
PASSWORD: Final = "demo-password"  # of throw-away keys
INSTITUTION: Final = "9912345678"
BUSINESS_NUMBER: Final = "1234567890"
BANK: Final = "004"


@dataclass(frozen=True)
class Signed:
    """One consent of the demo."""

    name: str
    consent: Consent
    charset: Charset
    der: bytes
    verdict: Verdict


@dataclass(frozen=True)
class Payer:
    """Somebody who consents, with a key of the demo PKI."""

    key: str
    name: str
    holder_id: str


PAYERS: Final = (Payer("rsa", "홍길동", "800101"), Payer("ecdsa", "성춘향", "900505"))


def main(folder: Path) -> int:
    """Make everything below `folder`, which is emptied first; 0 if all of it is as it must be."""
    at = datetime.now(KOREA).replace(microsecond=0)
    day, at = at.date(), at.astimezone(UTC)
    console = Console()
    prepare_folder(folder)
    pki = build_demo_pki(at=at)
    trust = TrustStore.open(write_demo_pki(pki, folder, password=PASSWORD))
    signed = list(sign_all(pki, trust, folder, at, day))
    write_records(signed, folder, day)
    pack(signed, folder, day)
    audit(signed, folder, day)
    rows = [*judged(signed), *files(signed, folder)]
    show(console, rows, folder)
    return 0 if all(good for *_, good in rows) else 1


def prepare_folder(folder: Path) -> None:
    """Empty a folder that an earlier demo made; refuse to touch any other."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / "trust").is_dir():
            sys.exit(f"{folder} is there and was not made by the demo; choose another folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def sign_all(pki: DemoPki, trust: TrustStore, folder: Path, at: datetime, day: date) -> Iterator[Signed]:
    number = 1000
    for payer in PAYERS:
        for charset in Charset:
            number += 1
            name = f"{payer.key}-{charset.value}"
            consent = consent_of(payer, f"A-{number}", f"{number}00012345", day)
            text = render(consent, charset)
            (folder / f"{name}.txt").write_bytes(text.encoded)
            der = sign_with(pki.payers[payer.key], text, at)
            (folder / f"{name}.der").write_bytes(der)
            yield Signed(name, consent, charset, der, verify_der(der, trust=trust, policy=policies.KFTC, at=at))


def sign_with(pair: KeyPair, text: ConsentText, at: datetime) -> bytes:
    """The issuing authority's certificate is enclosed, so that public tools need nothing but the root."""
    return sign_consent(text, LocalKey.of(pair), at=at, intermediates=pair.others)


def consent_of(payer: Payer, payer_number: str, account_number: str, applied_on: date) -> Consent:
    return Consent(
        biller_name="(주)동의데모",
        biller_number="123-45-67890",
        biller_phone="02-0000-0000",
        purpose="인터넷 이용요금",
        payer_name=payer.name,
        payer_number=payer_number,
        payer_phone="010-0000-0000",
        holder_id=payer.holder_id,
        bank_name="국민은행",
        bank_code=BANK,
        account_number=account_number,
        debit_days=(25,),
        applied_on=applied_on,
        privacy_agreed=True,
        third_party_agreed=True,
    )


def registration(signed: Signed, applied_on: date) -> Registration:
    return Registration(
        applied_on=applied_on,
        holder_id_type=signed.consent.holder_id_type,
        holder_id=signed.consent.holder_id,
        institution_code=INSTITUTION,
        payer_number=signed.consent.payer_number,
        bank_code=BANK,
        account_number=signed.consent.account_number,
        evidence_kind="2",
        extension="der",
        evidence=signed.der,
        verdict=signed.verdict,
    )


def write_records(signed: list[Signed], folder: Path, applied_on: date) -> None:
    """The same consents as the list that `dongui fb0110` and `dongui fb0420` take."""
    lines = [
        {
            "applied_on": applied_on.isoformat(),
            "holder_id_type": one.consent.holder_id_type,
            "holder_id": one.consent.holder_id,
            "institution_code": INSTITUTION,
            "payer_number": one.consent.payer_number,
            "bank_code": BANK,
            "account_number": one.consent.account_number,
            "evidence_kind": "2",
            "extension": "der",
            "evidence": f"{one.name}.der",
        }
        for one in signed
    ]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "records.jsonl").write_text(text, encoding="utf-8")


def pack(signed: list[Signed], folder: Path, day: date) -> None:
    """Four registrations with their evidence, and one cancellation, which carries none."""
    cancelled = Cancellation(
        applied_on=day,
        holder_id_type="0",
        holder_id="700707",
        institution_code=INSTITUTION,
        payer_number="A-0999",
        bank_code=BANK,
        account_number="99900012345",
        evidence_kind="2",
    )
    records: list[Registration | Cancellation] = [*(registration(one, day) for one in signed), cancelled]
    with writing(folder / "FB0110") as out:
        build_fb0110(out, institution_code=INSTITUTION, process_date=day, bank_code=BANK, records=records)


def audit(signed: list[Signed], folder: Path, day: date) -> None:
    """The institute asks for every consent and for one that nobody gave; we answer."""
    with writing(folder / "FB0410") as out:
        write_request(out, [*(one.consent for one in signed), consent_of(PAYERS[0], "A-9999", "999999999", day)], day)
    by_number = {one.consent.payer_number: one for one in signed}

    def lookup(asked: AuditRequest) -> FoundEvidence | None:
        found = by_number.get(asked.payer_number)
        if found is None:
            return None
        return FoundEvidence(
            applied_on=day, evidence_kind="2", extension="der", evidence=found.der, verdict=found.verdict
        )

    with (folder / "FB0410").open("rb") as request, writing(folder / "FB0420") as out:
        answer_fb0410(request, lookup, out)


def write_request(out: BinaryIO, consents: list[Consent], day: date) -> None:
    header = {"institution_code": INSTITUTION, "process_date": f"{day:%Y%m%d}", "van_id": "", "bank_code": BANK}
    records = (
        (
            {
                "request_type": "1",
                "business_number": BUSINESS_NUMBER,
                "institution_code": INSTITUTION,
                "reserved_1": "",
                "payer_number": consent.payer_number,
                "bank_code": BANK,
                "account_number": consent.account_number,
                "applied_on": f"{day:%Y%m%d}",
                "evidence_type": "2",
            },
            b"",
        )
        for consent in consents
    )
    write_file(out, LAYOUTS["FB0410"], header, records)


Row = tuple[str, str, str, bool]


def judged(signed: list[Signed]) -> Iterator[Row]:
    for one in signed:
        made = f"{one.charset.value}, {len(one.der):,} bytes"
        outcome = one.verdict.indication.name
        yield f"{one.name}.der", made, outcome, outcome == "TOTAL_PASSED"


def files(signed: list[Signed], folder: Path) -> Iterator[Row]:
    """What the finished files say, read back from disk."""
    originals = {hashlib.sha256(one.der).digest() for one in signed}
    for name in ("FB0110", "FB0410", "FB0420"):
        path = folder / name
        with path.open("rb") as stream:
            report = check(stream)
        with path.open("rb") as stream:
            data = [item for item in read_file(stream) if isinstance(item, DataRecord)]
        inside = {hashlib.sha256(item.evidence).digest() for item in data if item.evidence}
        same = inside == (set() if name == "FB0410" else originals)
        again = comes_back(path)
        said = ", ".join(f"{code} × {count}" for code, count in sorted(report.by_code.items()))
        bytes_are = {True: "identical", False: "DIFFER"}
        outcome = f"{said}; evidence {bytes_are[same]}, decode → encode {bytes_are[again]}"
        yield name, f"{len(data)} records, {path.stat().st_size:,} bytes", outcome, report.sound and same and again


def comes_back(path: Path) -> bool:
    """Whether decoding and encoding give the same bytes."""
    copy = path.with_name(f".{path.name}.again")
    with path.open("rb") as stream, writing(copy) as out:
        encode_lines((to_line(record) for record in decode_lines(stream)), out)
    same = copy.read_bytes() == path.read_bytes()
    copy.unlink()
    return same


def openssl_agrees(folder: Path, name: str) -> bool | None:
    """What `openssl cms -verify` says, given the root alone, the text byte for byte; None without openssl."""
    if shutil.which("openssl") is None:
        return None
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", f"{name}.der", "-CAfile", "root.pem"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.returncode == 0 and done.stdout == (folder / f"{name}.txt").read_bytes()


def show(console: Console, rows: list[Row], folder: Path) -> None:
    table = Table(title=f"Dongui demo: {folder}", title_justify="left")
    for column in ("file", "what", "outcome", "openssl"):
        table.add_column(column, overflow="fold")
    for name, made, outcome, good in rows:
        mark = "✔" if good else "✘"
        peer = {True: "✔ agrees", False: "✘ refuses", None: "not at hand"}[openssl_agrees(folder, Path(name).stem)]
        table.add_row(name, made, f"{mark} {outcome}", peer if name.endswith(".der") else "")
    console.print(table)
    console.print("One request of FB0410 is about a consent that nobody gave; FB0420 answers it with 'N'.")
    console.print(
        f"Trust folder: {folder}/trust   keys: {folder}/keys (password: {PASSWORD})   root: {folder}/root.pem"
    )
    console.print(f"Try: .venv/bin/dongui verify {folder}/*.der --trust {folder}/trust")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-out")))
