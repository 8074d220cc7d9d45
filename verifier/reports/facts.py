"""What a report on one piece of evidence says, in no language: the verdict, and what it was reached by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, TypeVar

from cryptography import x509

from certs import Holder, TrustStore
from certs.authorities import Authority, authority_of
from certs.products import Product, products_of
from consent.charset import Charset, HangulComposition, NotDecodable, strict_decode
from consent.text import charsets_of, is_cp949_only
from verifier.consulted import Consulted, consulted
from verifier.loading import load_certificate
from verifier.policies import VerifyPolicy
from verifier.proofs import Proof, Proven
from verifier.subject import At, Subject
from verifier.verdict import Check, Indication, Verdict
from verifier.verify import judge, subject_of

CP949: Final = "cp949"
_SIGNED: Final = frozenset({Check.ATTRIBUTES, Check.DIGEST, Check.SIGNATURE})


@dataclass(frozen=True)
class Content:
    """What was signed: the content's bytes, whether or not they are a consent text."""

    raw: bytes

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.raw).digest()

    @cached_property
    def charset(self) -> str | None:
        """What it can be read by: a charset of consent texts, strictly or at all, else CP949; None for mere bytes."""
        strict = charsets_of(self.raw)
        if strict:
            return strict[0].value
        for charset in Charset:
            try:
                strict_decode(self.raw, charset)
            except (NotDecodable, HangulComposition):
                continue
            return charset.value
        return CP949 if is_cp949_only(self.raw) else None

    @property
    def text(self) -> str | None:
        return None if self.charset is None else self.raw.decode(self.charset)

    @cached_property
    def also_reads(self) -> tuple[Charset, str] | None:
        """The same bytes by another charset, if they read differently: which of them was shown is not known."""
        for charset in Charset:
            try:
                text = strict_decode(self.raw, charset)
            except (NotDecodable, HangulComposition):
                continue
            if text != self.text:
                return charset, text
        return None


@dataclass(frozen=True)
class Link:
    """One certificate of the chain. `certificate` is None where it cannot be read."""

    der: bytes
    certificate: x509.Certificate | None

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.der).digest()

    @property
    def authority(self) -> Authority | None:
        return None if self.certificate is None else authority_of(self.certificate)

    @property
    def products(self) -> tuple[Product, ...]:
        return () if self.certificate is None else products_of(self.certificate)


@dataclass(frozen=True)
class Chain:
    """From the trust anchor to the signer; without an anchor, as far up from the signer as signatures lead."""

    links: tuple[Link, ...]
    is_anchored: bool

    @property
    def signer(self) -> Link:
        return self.links[-1]


@dataclass(frozen=True)
class Report:
    """All that a report says.

    Attributes:
        verdict: on the file.
        file: its name.
        size: number of bytes that were read.
        is_whole: whether they are all of the file.
        at_now: the time given was that of the clock.
        content: what was signed; None if the message does not get that far.
        chain: None without a certificate of the signer.
        consulted: the revocation lists and responses that the verdict rests on.
        proven: what became of each proof of time.
        made_at: when the report was made (aware).
        maker: program and version.
    """

    verdict: Verdict
    file: str
    size: int
    is_whole: bool
    at_now: bool
    content: Content | None
    chain: Chain | None
    consulted: tuple[Consulted, ...]
    proven: tuple[Proven, ...]
    made_at: datetime
    maker: str

    @property
    def is_signed(self) -> bool:
        """Whether the content is what the key of the signer's certificate signed, whoever that is."""
        findings = self.verdict.findings
        clean = not any(one.check in _SIGNED and one.effect is not Indication.TOTAL_PASSED for one in findings)
        return clean and {one.check for one in findings} >= _SIGNED


def report_on(  # noqa: PLR0913 - what is judged, by what, and what is to be said about it, each by name
    der: bytes,
    *,
    trust: TrustStore,
    policy: VerifyPolicy,
    at: At,
    proofs: Sequence[Proof] = (),
    holder: Holder | None = None,
    file: str,
    made_at: datetime,
    maker: str,
    at_now: bool = False,
    is_whole: bool = True,
) -> Report:
    """Judge one piece of evidence, as `verifier.verify_der` does, and keep what the verdict was reached by."""
    subject = subject_of(der, trust=trust, policy=policy, at=at, proofs=proofs, holder=holder)
    verdict = judge(subject)
    # What a check broke down over (CMS-199) is told by the verdict, and is missing here.
    chain, material = _unless_it_breaks(lambda: _path(subject), _NO_PATH)
    econtent = None if subject.signed_data is None else subject.signed_data.econtent
    return Report(
        verdict=verdict,
        file=file,
        size=len(der),
        is_whole=is_whole,
        at_now=at_now,
        content=None if econtent is None else Content(econtent),
        chain=chain,
        consulted=material,
        proven=_unless_it_breaks(lambda: subject.proven, ()),
        made_at=made_at,
        maker=maker,
    )


def _path(subject: Subject) -> tuple[Chain | None, tuple[Consulted, ...]]:
    found, at = subject.path_result, subject.verified_at
    if found is not None:
        chain = Chain(tuple(Link(one, load_certificate(one)) for one in found.chain), found.is_anchored)
        return chain, consulted(found.chain, subject.trust, at) if found.revocation and at is not None else ()
    if subject.signer_certificate is not None:
        link = Link(subject.matching_certificates[0], subject.signer_certificate)
        return Chain((link,), is_anchored=False), ()
    return None, ()


_NO_PATH: Final[tuple[Chain | None, tuple[Consulted, ...]]] = (None, ())
_Found = TypeVar("_Found")


def _unless_it_breaks(look: Callable[[], _Found], otherwise: _Found) -> _Found:
    try:
        return look()
    except Exception:  # noqa: BLE001 - whatever it is, the verdict is told all the same
        return otherwise
