"""A report in one language, as plain data: every sentence worded, every foreign character visible.

The templates of the HTML page and of the PDF lay out what stands here, and know no language.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from consent.errors import Lang
from verifier.consulted import Consulted
from verifier.proofs import Proven
from verifier.reports.facts import CP949, Content, Link, Report
from verifier.reports.glyphs import Shown, shown
from verifier.reports.terms import MARKS, OUTCOMES, check_name, clock, source_name, there, told
from verifier.subject import serial_number
from verifier.verdict import Check, Finding, Indication, TimeSource

MASK: Final = "***"
MOST_CHARACTERS: Final = 100_000
"""Of a signed text; a consent has 10 240 bytes at most, other messages can have millions."""
MOST_BYTES: Final = 2048
"""Of content that is no text."""
MOST_OF_A_NAME: Final = 1000
"""Characters of a name in a certificate or a list."""
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9가-힣_.-]{1,200}")
_LINE_END: Final = re.compile(r"\r\n|\n")
_WORDS: Final = Path(__file__).with_name("words.json")


@cache
def words() -> Mapping[str, Mapping[Lang, str]]:
    found: Mapping[str, Mapping[Lang, str]] = json.loads(_WORDS.read_text(encoding="utf-8"))
    return found


def page_of(
    report: Report,
    lang: Lang,
    *,
    has_glyph: Callable[[str], bool],
    masked: bool = False,
    hours: Lang | None = None,
) -> dict[str, Any]:
    """Everything that a template needs.

    Args:
        report: what there is to say.
        lang: of all words.
        has_glyph: whether the page's font has a character.
        masked: leave out the signed text and the names of certificate holders who are no authorities.
        hours: whose times: "en" those of UTC, "ko" those of Korea; None: of the language.
    """
    return _Page(report, lang, has_glyph, masked=masked, hours=hours or lang).page()


class _Page:
    def __init__(
        self, report: Report, lang: Lang, has_glyph: Callable[[str], bool], *, masked: bool, hours: Lang
    ) -> None:
        self.report, self.lang, self.has_glyph, self.masked, self.hours = report, lang, has_glyph, masked, hours
        self.verdict = report.verdict

    def page(self) -> dict[str, Any]:
        report, indication = self.report, self.verdict.indication
        return {
            "lang": self.lang,
            "title": self.say(f"title-{self.verdict.policy}"),
            "made": report.made_at.isoformat(timespec="seconds"),
            "words": {key: said[self.lang] for key, said in words().items()},
            "indication": indication.name,
            "mark": MARKS[indication],
            "outcome": OUTCOMES[indication][self.lang],
            "sentences": list(self.sentences()),
            "judged_at": self.judged_at(),
            "personal": self.personal(),
            "reasons": [self.finding(one) for one in self.verdict.findings if one.effect is not _PASSED],
            "not_run": self.not_run(),
            "subject": self.subject(),
            "text": self.say("text" if report.is_signed else "text-unproven"),
            "checks": [self.check(check) for check in Check if check in self.verdict.required],
            "chain": self.chain(),
            "consulted": [self.material(one) for one in report.consulted],
            "content": None if report.content is None else self.content(report.content),
            "proofs": [self.proof(one) for one in report.proven],
            "commands": list(self.commands()),
            "about": [self.row("made-at", self.time(report.made_at)), self.row("made-by", report.maker)],
        }

    def say(self, key: str, **details: object) -> str:
        return words()[key][self.lang].format(**details)

    def seen(self, text: str) -> Shown:
        return shown(text, self.has_glyph)

    def row(self, key: str, value: str, *, is_code: bool = False) -> dict[str, Any]:
        return {"label": self.say(key), "value": self.seen(value), "code": is_code}

    def time(self, at: datetime | None) -> str:
        at = there(at, self.hours)
        return self.say("unknown-time") if at is None else clock(at)

    def personal(self) -> str:
        if self.report.content is None and self.report.chain is None:
            return ""
        return self.say("masked" if self.masked else "personal")

    def judged_at(self) -> str:
        source = source_name(self.verdict.time_source, self.lang, at_now=self.report.at_now)
        return self.say("time-with-source", at=self.time(self.verdict.verified_at), source=source)

    def sentences(self) -> Iterator[str]:
        indication, policy = self.verdict.indication, self.verdict.policy
        evidence = self.say(f"evidence-{policy}")
        if indication is Indication.TOTAL_FAILED:
            yield self.say("failed" if policy == "kftc" else "failed-cms", evidence=evidence)
        elif indication is Indication.INDETERMINATE:
            yield self.say("indeterminate", evidence=evidence)
        else:
            yield self.say("passed", evidence=evidence)
            if self.report.content is not None and self.report.content.also_reads is not None:
                yield self.say("passed-two-texts")
            yield self.say("passed-path")
            yield from map(self.say, self.of_revocation())
            if self.verdict.time_source is TimeSource.CLAIMED:
                yield self.say("passed-claimed")

    def of_revocation(self) -> Iterator[str]:
        """What evidence that passed may be said to be confirmed of."""
        codes = {finding.code for finding in self.verdict.findings}
        if "PKI-154" in codes:
            yield "passed-revoked-later"
        if codes & {"PKI-124", "PKI-125"} or "PKI-120" not in codes:
            yield "passed-revocation-open"
        elif "PKI-154" not in codes:
            yield "passed-unrevoked"

    def not_run(self) -> str:
        names = [check_name(check, self.lang) for check in Check if check in self.verdict.not_run]
        return self.say("not-run-reason", checks=", ".join(names)) if names else ""

    def finding(self, finding: Finding) -> dict[str, Any]:
        return {
            "mark": MARKS[finding.effect],
            "effect": finding.effect.name,
            "outcome": OUTCOMES[finding.effect][self.lang],
            "check": check_name(finding.check, self.lang),
            "code": finding.code,
            "message": self.seen(told(finding, self.lang, clock, self.hours)),
            "remedy": "" if finding.effect is _PASSED else finding.remedy(self.lang),
            "where": "" if finding.where == "-" else finding.where,
            "reference": "" if finding.reference == "-" else finding.reference,
        }

    def check(self, check: Check) -> dict[str, Any]:
        found = [finding for finding in self.verdict.findings if finding.check is check]
        effect = max((finding.effect for finding in found), default=Indication.INDETERMINATE)
        return {
            "name": check_name(check, self.lang),
            "mark": MARKS[effect],
            "effect": effect.name,
            "outcome": OUTCOMES[effect][self.lang] if found else self.say("not-checked"),
            "findings": [self.finding(finding) for finding in found],
        }

    def subject(self) -> list[dict[str, Any]]:
        report, verdict = self.report, self.verdict
        size = f"{report.size:,}"
        rows = [self.row("file", report.file)]
        if report.is_whole:
            rows += [self.row("size", self.say("bytes", count=size))]
            rows += [self.row("sha256", verdict.der_sha256.hex(), is_code=True)]
        else:
            rows += [self.row("size", self.say("more-bytes", count=size))]
            rows += [self.row("sha256", self.say("sha256-missing"))]
        rows.append(self.row("policy", self.say(f"policy-{verdict.policy}")))
        rows.append(self.row("judged-at", self.judged_at()))
        claimed = self.say("none") if verdict.signing_time is None else self.time(verdict.signing_time)
        rows.append(self.row("claimed-time", claimed))
        signer = None if report.chain is None else report.chain.signer.certificate
        if signer is not None:
            rows.append(self.row("signer" if report.is_signed else "role-signer-unproven", self.name(signer)))
        return rows

    def chain(self) -> dict[str, Any] | None:
        chain = self.report.chain
        if chain is None:
            return None
        last = len(chain.links) - 1
        links = [
            self.link(link, "signer" if index == last else "anchor" if chain.is_anchored and not index else "authority")
            for index, link in enumerate(chain.links)
        ]
        top = chain.links[0].certificate
        missing = [] if chain.is_anchored or top is None else self.seen(self.name(top, of_issuer=True))
        return {"anchored": chain.is_anchored, "missing": missing, "links": links}

    def link(self, link: Link, role: str) -> dict[str, Any]:
        certificate = link.certificate
        faults: list[str] = []
        rows: list[dict[str, Any]] = []
        if certificate is None:
            faults.append(self.say("illegible"))
        else:
            faults += self.faults_of(certificate, role)
            rows += self.rows_of(certificate, link)
        rows.append(self.row("fingerprint", link.sha256.hex(), is_code=True))
        shown_role = "signer-unproven" if role == "signer" and not self.report.is_signed else role
        return {"role": self.say(f"role-{shown_role}"), "is_signer": role == "signer", "rows": rows, "faults": faults}

    def faults_of(self, certificate: x509.Certificate, role: str) -> Iterator[str]:
        at = self.verdict.verified_at
        if at is not None and at > certificate.not_valid_after_utc:
            yield self.say("expired-then")
        if at is not None and at < certificate.not_valid_before_utc:
            yield self.say("not-yet-then")
        if role == "signer":
            against = (f for f in self.verdict.findings if f.where == "path.signer" and f.effect is not _PASSED)
            yield from (
                told(finding, self.lang, clock, self.hours) for finding in against if finding.check is Check.REVOCATION
            )

    def rows_of(self, certificate: x509.Certificate, link: Link) -> Iterator[dict[str, Any]]:
        yield self.row("name", self.name(certificate))
        yield self.row("issuer", self.name(certificate, of_issuer=True))
        chain = self.report.chain
        if chain is not None and chain.is_anchored:  # what a certificate says of itself is worth nothing without
            if link.authority is not None:
                yield self.row("authority", link.authority.title(self.lang))
            for product in link.products if link is chain.signer else ():
                limited, title = product.limited_to(self.lang), product.title(self.lang)
                told_limited = self.say("product-limited", title=title, limited=limited)
                label = "product" if product.oid in self.accepted_products() else "product-unproven"
                yield self.row(label, told_limited if limited else title)
        yield self.row("serial", f"{serial_number(certificate):x}", is_code=True)
        first, last = self.time(certificate.not_valid_before_utc), self.time(certificate.not_valid_after_utc)
        yield self.row("validity", self.say("from-to", first=first, last=last))
        yield self.row("key", self.key(certificate))

    def key(self, certificate: x509.Certificate) -> str:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            return self.say("rsa-key", bits=key.key_size)
        return f"EC {key.curve.name}" if isinstance(key, ec.EllipticCurvePublicKey) else type(key).__name__

    def accepted_products(self) -> set[object]:
        """Policy OIDs of products that the path allows; of others the certificate has nothing but its own word."""
        return {finding.details["oid"] for finding in self.verdict.findings if finding.code == "PKI-148"}

    def name(self, certificate: x509.Certificate, *, of_issuer: bool = False) -> str:
        """Names of authorities are public; anybody else's is personal."""
        is_public = _is_authority(certificate) or (of_issuer and certificate.issuer != certificate.subject)
        if self.masked and not is_public:
            return MASK
        return _readable(certificate.issuer if of_issuer else certificate.subject)

    def material(self, one: Consulted) -> dict[str, Any]:
        name = "?" if one.name is None else MASK if self.masked and one.is_about_signer else _readable(one.name)
        return {
            "kind": self.say("material-list" if one.is_list else "material-statement"),
            "label": self.say("issued-by" if one.is_list else "about"),
            "name": self.seen(name),
            "says": self.say(f"says-{one.says}") if one.says else "",
            "this_update": self.time(one.this_update),
            "next_update": self.say("none") if one.next_update is None else self.time(one.next_update),
            "sha256": "" if one.sha256 is None else one.sha256.hex(),
        }

    def content(self, content: Content) -> dict[str, Any]:
        text, count = content.text, f"{len(content.raw):,}"
        notes: list[str] = []
        if text is None:
            notes.append(self.say("text-bytes", count=count))
        else:
            about = "text-about" if self.report.is_signed else "text-about-unproven"
            notes.append(self.say(about, charset=str(content.charset).upper(), count=count))
        if content.charset == CP949:
            notes.append(self.say("text-cp949"))
        lines, is_cut = _hexadecimal(content.raw) if text is None else _lines(text)
        if is_cut and not self.masked:
            notes.append(self.say("text-cut"))
        rows = [self.row("text-sha256", content.sha256.hex(), is_code=True)]
        if text is not None:
            rows.append(self.row("line-ends", _line_ends(text) or self.say("none")))
        shown_lines = [self.seen(line) for line in ([MASK] if self.masked else lines)]
        if any("u" in piece for line in shown_lines for piece in line):
            notes.append(self.say("text-marks"))
        other = self.other_text(content)
        return {"notes": notes, "rows": rows, "lines": shown_lines, "bytes": text is None, "other": other}

    def other_text(self, content: Content) -> dict[str, Any] | None:
        if content.also_reads is None:
            return None
        charset, text = content.also_reads
        lines = [MASK] if self.masked else _lines(text)[0]
        return {"note": self.say("text-other", charset=charset.upper()), "lines": [self.seen(line) for line in lines]}

    def proof(self, proven: Proven) -> dict[str, Any]:
        at = self.say("none") if proven.by is None else self.time(proven.by)
        return {"kind": self.say(f"proof-{proven.source.value}"), "at": at, "finding": self.finding(proven.finding)}

    def commands(self) -> Iterator[dict[str, Any]]:
        """What anybody can do with the file and OpenSSL."""
        name = self.report.file.rpartition("/")[2]
        file = shlex.quote(name if _PLAIN_NAME.fullmatch(name) and not name.startswith("-") else "evidence.der")
        yield self.command("public-digest", f"openssl dgst -sha256 {file}")
        if self.report.content is None:
            yield self.command("public-structure", f"openssl asn1parse -inform DER -i -in {file}")
            return
        at = self.verdict.verified_at
        moment = "" if at is None else f" -attime {int(at.timestamp())}"
        verify = f"openssl cms -verify -inform DER -binary -purpose any{moment} -CAfile authorities.pem"
        yield self.command("public-authorities", "openssl x509 -in authority.pem -noout -fingerprint -sha256")
        yield self.command("public-verify", f"{verify} -in {file} -out text.bin")
        yield self.command("public-text", "openssl dgst -sha256 text.bin")
        if any(proven.source is TimeSource.TIME_STAMP for proven in self.report.proven):
            stamp = f"openssl ts -verify -data {file} -in {file}.tsr -CAfile authorities.pem"
            yield self.command("public-time-stamp", stamp)

    def command(self, key: str, line: str) -> dict[str, Any]:
        return {"why": self.say(key), "line": self.seen(line)}


_PASSED: Final = Indication.TOTAL_PASSED


def _lines(text: str) -> tuple[list[str], bool]:
    return _LINE_END.split(text[:MOST_CHARACTERS]), len(text) > MOST_CHARACTERS


def _hexadecimal(raw: bytes) -> tuple[list[str], bool]:
    rows = [f"{at:06x}  {raw[at : at + 16].hex(' ')}" for at in range(0, min(len(raw), MOST_BYTES), 16)]
    return rows, len(raw) > MOST_BYTES


def _line_ends(text: str) -> str:
    both = text.count("\r\n")
    counts = {"CR LF": both, "LF": text.count("\n") - both, "CR": text.count("\r") - both}
    return ", ".join(f"{name} × {count}" for name, count in counts.items() if count)


def _readable(name: x509.Name) -> str:
    """As RFC 4514 has it, most significant part last; the words of it may be anything, and as many as one likes."""
    words = name.rfc4514_string() or "-"
    return words if len(words) <= MOST_OF_A_NAME else words[:MOST_OF_A_NAME] + "…"


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False
