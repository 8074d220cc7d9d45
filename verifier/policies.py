"""What evidence is judged by: two policies, by name. There is no default, and no switch inside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from consent.kinds import KINDS
from verifier.purposes import FOR_SIGNING, FOR_TIME_STAMPING
from verifier.verdict import Check


@dataclass(frozen=True, eq=False)
class VerifyPolicy:
    """The measures of a judgement. One that says the same as another is another policy still.

    Attributes:
        name: as the command line and reports say it.
        required: checks that must all have run and be satisfied.
        max_der_bytes: larger messages are refused before they are looked at.
        warn_der_bytes: from here on a remark; None for none.
        digests: names of the digest algorithms accepted.
        min_rsa_bits: smallest RSA modulus.
        min_rsa_exponent: smallest public exponent.
        curves: names of the elliptic curves accepted.
        authorities_may_sign: whether the signer's certificate may be a certification authority's.
        proves_every_certificate: whether certificates that are not needed must be genuine all the same. They are not
            signed, so that anything at all could stand there.
        purposes: extended key usages of which each certificate of the path must have one, if it has any.
        forgives_later_revocation: whether a signature that existed before its certificate was revoked stands.
        judges_products: whether the signer's certificate product matters.
    """

    name: str
    required: frozenset[Check]
    max_der_bytes: int
    warn_der_bytes: int | None
    digests: frozenset[str]
    min_rsa_bits: int
    min_rsa_exponent: int
    curves: frozenset[str]
    proves_every_certificate: bool
    authorities_may_sign: bool
    purposes: frozenset[str]
    forgives_later_revocation: bool
    judges_products: bool


KFTC: Final = VerifyPolicy(
    name="kftc",
    required=frozenset(Check),
    max_der_bytes=KINDS["2"].max_bytes,  # 설계서 V3.8 2.5.1: der 10 KB, read as 10 x 1024 (ADR 0003)
    warn_der_bytes=KINDS["2"].warn_bytes,
    digests=frozenset({"sha256", "sha384", "sha512"}),  # 2.5.2: SHA, 256 bits or more
    min_rsa_bits=2048,
    min_rsa_exponent=65_537,
    curves=frozenset({"secp256r1", "secp384r1", "secp521r1"}),
    proves_every_certificate=True,  # 2.5.2: "서명에 사용한 인증서", the certificates used for the signature
    authorities_may_sign=False,  # 2.5.2: a payer signs
    purposes=FOR_SIGNING,
    forgives_later_revocation=True,
    judges_products=True,  # 2.5.1: 공동인증서, 금융인증서 or a private one, not just any certificate of their issuers
)
"""Consent evidence as the clearing institute takes it (설계서 V3.8 2.5.2)."""

CMS: Final = VerifyPolicy(
    name="cms",
    required=frozenset(Check) - {Check.PROFILE, Check.CONTENT},
    max_der_bytes=4 * 1024 * 1024,
    warn_der_bytes=None,
    digests=frozenset({"sha256", "sha384", "sha512"}),
    min_rsa_bits=2048,
    min_rsa_exponent=3,
    curves=frozenset({"secp256r1", "secp384r1", "secp521r1"}),
    proves_every_certificate=False,
    authorities_may_sign=True,
    purposes=FOR_SIGNING,
    forgives_later_revocation=True,
    judges_products=False,
)
"""Any attached signature of RFC 5652, whatever it is over: no consent rules."""

TIME_STAMP: Final = VerifyPolicy(
    name="time-stamp",
    required=CMS.required,
    max_der_bytes=64 * 1024,
    warn_der_bytes=None,
    digests=CMS.digests,
    min_rsa_bits=2048,
    min_rsa_exponent=3,
    curves=CMS.curves,
    proves_every_certificate=False,
    authorities_may_sign=False,
    purposes=FOR_TIME_STAMPING,
    forgives_later_revocation=False,  # whoever has the key can date what it signs
    judges_products=False,
)
"""A time-stamp (RFC 3161), which is judged where evidence comes with one; not a policy for evidence."""

POLICIES: Final = {policy.name: policy for policy in (KFTC, CMS)}
