"""The whole way of a consent, in one run.

Texts are signed in both charsets with RSA and ECDSA, judged, and packed into FB0110; an audit request FB0410 is
answered with FB0420. One more text is signed with a key as NPKI programs keep it. Everything stays in one folder, to be
looked at and checked with OpenSSL::

    python -m examples.demo demo-out
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from rich.console import Console

from certs import TrustStore
from certs.demo import DemoPki, build_demo_pki, write_demo_pki
from certs.keys import KeyPair
from consent import Charset, ConsentText
from consent.form import Consent, render
from examples.demo_exchange import BANK, Signed, audit, pack, write_r00, write_records, write_rehearsal
from examples.demo_incoming import write_incoming
from examples.demo_npki import npki
from examples.demo_table import files, judged, show
from signer import LocalKey, sign_consent
from verifier import policies, verify_der
from verifier.reports.facts import report_on
from verifier.reports.html import as_html
from verifier.reports.pdf import as_pdf

KOREA: Final = timezone(timedelta(hours=9))
PASSWORD: Final = "demo-password"  # of throw-away keys


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
    write_consent(signed[0].consent, folder)
    write_reports(signed[0], trust, folder, at)
    write_records(signed, folder, day)
    pack(signed, folder, day)
    write_r00(signed, folder)
    write_incoming(signed, folder, day)
    write_rehearsal(signed, folder, day)
    write_settings(folder)
    audit(signed, consent_of(PAYERS[0], "A-9999", "999999999", day), folder, day)
    text = render(signed[0].consent, Charset.UTF_8)
    rows = [*judged(signed, folder), *files(signed, folder), *npki(pki, trust, folder, text, PASSWORD)]
    show(console, rows, folder, PASSWORD)
    return 0 if all(row.sound for row in rows) else 1


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


def write_reports(signed: Signed, trust: TrustStore, folder: Path, at: datetime) -> None:
    """What the verdict on one of them says, for people: a page and a document, in Korean."""
    (folder / "reports").mkdir()
    file = f"{signed.name}.der"
    report = report_on(
        signed.der, trust=trust, policy=policies.KFTC, at=at, file=file, made_at=at, maker="examples.demo", at_now=True
    )
    (folder / "reports" / f"{signed.name}.html").write_bytes(as_html(report, "ko"))
    (folder / "reports" / f"{signed.name}.pdf").write_bytes(as_pdf(report, "ko"))


def write_consent(consent: Consent, folder: Path) -> None:
    """The fields of one consent, as `dongui render` takes them."""
    fields = {name: value for name, value in asdict(consent).items() if value is not None}
    fields["applied_on"] = consent.applied_on.isoformat()
    (folder / "consent.json").write_text(json.dumps(fields, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_settings(folder: Path) -> None:
    """What `dongui serve` needs to know, with the store that `dongui store init` makes in the README."""
    lines = [
        'store = "store.db"',
        'store_keys = "store.keys"',
        f"trust = [{json.dumps(str(folder / 'trust'))}]",
        "",
        "[keys.seal]",
        f"key = {json.dumps(str(folder / 'keys' / 'corporate.p12'))}",
        f"password_file = {json.dumps(str(folder / 'keys' / 'password'))}",
    ]
    (folder / "keys" / "password").touch(0o600)
    (folder / "keys" / "password").write_text(PASSWORD + "\n", encoding="utf-8")
    (folder / "dongui.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-out")))
