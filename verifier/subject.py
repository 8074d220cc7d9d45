"""What the checks look at: one DER with the inputs of its judgement, and what can be read out of it, read once."""

from __future__ import annotations

import hashlib
import hmac
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from verifier.cms import ID_SIGNING_TIME, SignedData, SignerInfo, read_signed_data
from verifier.der import DerFault, Element, read_der, read_time
from verifier.fields import StructureFault
from verifier.loading import load_certificate
from verifier.once import once
from verifier.policies import VerifyPolicy
from verifier.proofs import Proof, Proven, Receipt, TimeStamp
from verifier.verdict import Check, Finding, TimeSource

if TYPE_CHECKING:
    from certs import Holder, TrustStore
    from verifier.common_certificate import CommonCertificate
    from verifier.common_layout import CommonMessage
    from verifier.path import PathResult
    from verifier.standing import Standing

SIGNING_TIME: Final = "signing-time"
At = datetime | Literal["signing-time"]

_MOST_MET: Final = 4
_met: Final[dict[int, TrustStore]] = {}  # by identity: to find an equal one, all its bytes would have to be compared
_standings: Final[dict[int, Standing]] = {}


@dataclass(frozen=True)
class Subject:
    """One judgement's inputs; the properties are None where the message does not get that far."""

    der: bytes
    trust: TrustStore
    policy: VerifyPolicy
    at: At
    proofs: tuple[Proof, ...] = ()
    holder: Holder | None = None

    @property
    def is_too_large(self) -> bool:
        return len(self.der) > self.policy.max_der_bytes

    @once
    def common(self) -> CommonMessage | None:
        """The message, if it is of the common layout; it is strict DER then."""
        try:
            return None if self.is_too_large or self.standing is None else self.standing.read(self.der)
        except Exception:  # noqa: BLE001 - whatever it is: there is the general way
            return None

    @once
    def standing(self) -> Standing | None:
        """What is remembered of the trust store; None for its first message: one alone would not repay the trouble."""
        known = _standings.get(id(self.trust))
        if known is not None and known.trust is self.trust:
            return known
        if _met.get(id(self.trust)) is not self.trust:
            for oldest in tuple(_met)[: 1 - _MOST_MET]:  # a copy: other threads may be here, too
                _met.pop(oldest, None)
            _met[id(self.trust)] = self.trust
            return None
        from verifier.standing import Standing  # noqa: PLC0415 - a command that judges one file does without it

        for oldest in tuple(_standings)[: 1 - _MOST_MET]:
            _standings.pop(oldest, None)
        standing = _standings[id(self.trust)] = Standing(self.trust)
        return standing

    @once
    def _tree(self) -> tuple[Element | None, tuple[DerFault, ...]]:
        return (None, ()) if self.is_too_large else read_der(self.der)

    @property
    def root(self) -> Element | None:
        return self._tree[0]

    @property
    def der_faults(self) -> tuple[DerFault, ...]:
        return () if self.common is not None else self._tree[1]

    @once
    def _structure(self) -> SignedData | StructureFault | None:
        if self.root is None:
            return None
        try:
            return read_signed_data(self.der, self.root)
        except StructureFault as fault:
            return fault

    @property
    def structure_fault(self) -> StructureFault | None:
        return self._structure if isinstance(self._structure, StructureFault) else None

    @once
    def signed_data(self) -> SignedData | None:
        return self._structure if isinstance(self._structure, SignedData) else None

    @once
    def signer_info(self) -> SignerInfo | None:
        """The one signer. Messages with none or several have no single answer and fail the structure check."""
        signed_data = self.signed_data
        if signed_data is None or len(signed_data.signer_infos) != 1:
            return None
        return signed_data.signer_infos[0]

    @once
    def signing_time(self) -> datetime | None:
        """The claimed signing-time (RFC 5652 §11.3), if there is exactly one and it is a time."""
        if self.common is not None:
            return self.common.signing_time
        signer_info = self.signer_info
        if signer_info is None or signer_info.signed_attrs is None:
            return None
        named = signer_info.signed_attrs.named(ID_SIGNING_TIME)
        if len(named) != 1 or len(named[0].values) != 1:
            return None
        (value,) = named[0].values
        return read_time(value.tag, self.der[value.body : value.end])

    @once
    def proven(self) -> tuple[Proven, ...]:
        """What became of each proof of time."""
        at = self.at if isinstance(self.at, datetime) else None
        return tuple(self._prove(proof, at) for proof in self.proofs)

    def _prove(self, proof: Proof, at: datetime | None) -> Proven:
        if isinstance(proof, TimeStamp):
            from verifier.time_stamp import prove  # noqa: PLC0415 - it judges a message too, and so comes after all else

            return prove(proof, self.der, at)
        return self._received(proof)

    def _received(self, receipt: Receipt) -> Proven:
        if not hmac.compare_digest(receipt.der_sha256, hashlib.sha256(self.der).digest()):
            return Proven(Finding.unclear(Check.TIME, "PKI-150", "receipt", "-"), TimeSource.RECEIPT, None)
        by = receipt.at.isoformat(timespec="seconds")
        return Proven(Finding.passed(Check.TIME, "PKI-136", "receipt", "-", by=by), TimeSource.RECEIPT, receipt.at)

    @once
    def _time(self) -> tuple[datetime | None, TimeSource]:
        """The earliest time that is proven; a given one if it is earlier; the claim only if nothing is proven."""
        if not self.proofs and isinstance(self.at, datetime):  # as nearly always
            return self.at, TimeSource.GIVEN
        times = [(proven.by, proven.source) for proven in self.proven if proven.by is not None]
        if isinstance(self.at, datetime):
            times.append((self.at, TimeSource.GIVEN))
        return min(times, key=lambda one: one[0], default=(self.signing_time, TimeSource.CLAIMED))

    @property
    def verified_at(self) -> datetime | None:
        """The time the certificate is judged at; None when it should be the signing-time and there is none."""
        return self._time[0]

    @property
    def time_source(self) -> TimeSource:
        return self._time[1]

    @once
    def signer_leaf(self) -> CommonCertificate | None:
        """The signer's certificate in a message of the common layout."""
        return None if self.common is None else self.common.signer

    @once
    def matching_certificates(self) -> tuple[bytes, ...]:
        """Distinct certificates of the message that the signer identifier names, byte for byte (RFC 5652 §5.3)."""
        if self.signer_leaf is not None:
            return (self.signer_leaf.der,)
        signed_data, signer_info = self.signed_data, self.signer_info
        if signed_data is None or signer_info is None:
            return ()
        return tuple(dict.fromkeys(c for c in signed_data.certificates if is_named_by(signer_info, c)))

    @once
    def signer_certificate(self) -> x509.Certificate | None:
        """The signer's certificate, if the message holds exactly one that fits and it can be read."""
        return load_certificate(self.matching_certificates[0]) if len(self.matching_certificates) == 1 else None

    @once
    def signer_validity(self) -> tuple[datetime, datetime] | None:
        """The first and the last moment of the signer's certificate."""
        if self.signer_leaf is not None:
            return self.signer_leaf.not_before, self.signer_leaf.not_after
        certificate = self.signer_certificate
        return None if certificate is None else (certificate.not_valid_before_utc, certificate.not_valid_after_utc)

    @once
    def signer_key(self) -> CertificatePublicKeyTypes | None:
        return None if self.signer_certificate is None else self.signer_certificate.public_key()

    @once
    def path_result(self) -> PathResult | None:
        """What path validation and revocation checking say; None where there is no certificate or no time for them."""
        at, common, standing = self.verified_at, self.common, self.standing
        if at is None:
            return None
        forgives = self.policy.forgives_later_revocation and self.time_source is not TimeSource.CLAIMED
        if common is None or standing is None:
            return None if self.signer_certificate is None else self._validated(at, forgives=forgives)
        leaf, enclosed, asked = common.signer, common.certificates, (self.policy, self.holder, forgives)
        result = standing.recall(leaf, enclosed, at, asked)
        if result is None:
            result = self._validated(at, forgives=forgives)
            standing.remember(leaf, enclosed, at, asked, result)
        return result

    def _validated(self, at: datetime, *, forgives: bool) -> PathResult:
        from verifier.path import validate  # noqa: PLC0415 - costs a tenth of a second to load, and not every message gets here
        from verifier.product import ProductQuestion  # noqa: PLC0415 - as above

        return validate(
            self.matching_certificates[0],
            self.signed_data.certificates if self.signed_data is not None else (),
            self.trust,
            at,
            proves_every_certificate=self.policy.proves_every_certificate,
            purposes=self.policy.purposes,
            forgives=forgives,
            asks=ProductQuestion(self.trust.settings.products if self.policy.judges_products else None, self.holder),
        )


def is_named_by(signer_info: SignerInfo, certificate_der: bytes) -> bool:
    """Whether the signer identifier names this certificate."""
    certificate = load_certificate(certificate_der)
    if certificate is None:
        return False
    if signer_info.subject_key_identifier is not None:
        try:
            extension = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        except x509.ExtensionNotFound:
            return False
        return extension.value.digest == signer_info.subject_key_identifier
    same_issuer = issuer_der(certificate) == signer_info.issuer
    return same_issuer and serial_number(certificate) == signer_info.serial_number


def serial_number(certificate: x509.Certificate) -> int:
    """The serial number, whatever its sign: authorities gave negative ones (RFC 5280 §4.1.2.2)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return certificate.serial_number


def issuer_der(certificate: x509.Certificate) -> bytes:
    """The issuer Name exactly as it stands in the certificate: a re-encoded one could differ in its string types."""
    root, _ = read_der(certificate.tbs_certificate_bytes)
    if root is None:
        return b""
    # TBSCertificate: [0] version, serialNumber, signature, issuer (RFC 5280 §4.1); version 1 certificates have no [0].
    issuer = root.children[3 if root.children[0].tag == 0xA0 else 2]
    return certificate.tbs_certificate_bytes[issuer.start : issuer.end]
