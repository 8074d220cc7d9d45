"""A signature that is prepared but not made: plain data that may cross processes and machines on its way to the key."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeVar, cast

from cryptography import x509

from consent import strict_json
from consent.errors import CodedError
from consent.text import Charset, ConsentText
from signer.algorithms import DIGESTS, Digest, require_digest
from signer.cms import FIRST_YEAR, require_signing_time, signed_attributes
from signer.errors import PreparedInconsistent, PreparedMalformed
from signer.frame import frame_of

JSON_VERSION: Final = 1
_T = TypeVar("_T")


@dataclass(frozen=True)
class Prepared:
    """Everything that goes into the DER except the signature.

    The bytes to be signed are worked out from the rest each time, so that they cannot come to disagree with it.

    Attributes:
        content: the exact bytes of the consent text.
        charset: of `content`.
        certificate: the signer's, DER.
        at: signing-time, aware UTC, whole seconds.
        digest: `sha256`, `sha384` or `sha512`.
        intermediates: further certificates to enclose, DER.
        signing_certificate_v2: whether that attribute (RFC 5035) is signed as well.
    """

    content: bytes = field(repr=False)
    charset: str
    certificate: bytes = field(repr=False)
    at: datetime
    digest: Digest
    intermediates: tuple[bytes, ...] = field(default=(), repr=False)
    signing_certificate_v2: bool = False

    def __post_init__(self) -> None:
        require_signing_time(self.at)
        require_digest(self.digest)

    @property
    def to_be_signed(self) -> bytes:
        """The DER of the signed attributes as SET OF (RFC 5652 §5.4): what the payer's key hashes and signs."""
        signing_certificate = self.certificate if self.signing_certificate_v2 else None
        return signed_attributes(self.content, self.digest, self.at, signing_certificate)

    def assemble(self, signature: bytes) -> bytes:
        """Return DER ContentInfo with this signature, whatever it is worth: `complete` checks it, and this does not.

        Raises:
            CertificateUnreadable, or as `allowed_public_key`.
        """
        frame = frame_of(self.certificate, self.intermediates, self.digest)
        return frame.around(self.content, self.to_be_signed, signature)

    def to_json(self) -> str:
        """Write it as JSON; `to_be_signed` is among the fields so that a browser needs no ASN.1."""
        return json.dumps(
            {
                "version": JSON_VERSION,
                "content": _base64(self.content),
                "charset": self.charset,
                "certificate": _base64(self.certificate),
                "signing_time": _iso(self.at),
                "digest": self.digest,
                "intermediates": [_base64(der) for der in self.intermediates],
                "signing_certificate_v2": self.signing_certificate_v2,
                "to_be_signed": _base64(self.to_be_signed),
            }
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Prepared:
        """Read back what `to_json` wrote.

        Raises:
            PreparedMalformed: it is not that.
            PreparedInconsistent: `to_be_signed` does not follow from the other fields.
        """
        try:
            fields = strict_json.parse(text)
        except ValueError:
            raise PreparedMalformed(None) from None
        if not isinstance(fields, dict) or fields.keys() != _FIELDS:
            raise PreparedMalformed(None)
        read = _Fields(fields)
        read.version()
        prepared = cls(
            content=read.content(),
            charset=read.text("charset"),
            certificate=read.certificate("certificate", fields["certificate"]),
            at=read.signing_time(),
            digest=read.digest(),
            intermediates=read.intermediates(),
            signing_certificate_v2=read.flag("signing_certificate_v2"),
        )
        if prepared.to_be_signed != read.binary("to_be_signed", fields["to_be_signed"]):
            raise PreparedInconsistent
        return prepared


_FIELDS: Final = frozenset(
    {
        "version",
        "content",
        "charset",
        "certificate",
        "signing_time",
        "digest",
        "intermediates",
        "signing_certificate_v2",
        "to_be_signed",
    }
)


@dataclass(frozen=True)
class _Fields:
    """Takes typed values out of the JSON object; every refusal names the field."""

    values: dict[str, object]

    def version(self) -> None:
        if type(self.values["version"]) is not int or self.values["version"] != JSON_VERSION:
            raise PreparedMalformed("version")

    def _of_type(self, name: str, kind: type[_T]) -> _T:
        value = self.values[name]
        if not isinstance(value, kind):
            raise PreparedMalformed(name)
        return value

    def text(self, name: str) -> str:
        return self._of_type(name, str)

    def flag(self, name: str) -> bool:
        return self._of_type(name, bool)

    def binary(self, name: str, value: object) -> bytes:
        if not isinstance(value, str):
            raise PreparedMalformed(name)
        try:
            return b64decode(value, validate=True)
        except ValueError:
            raise PreparedMalformed(name) from None

    def content(self) -> bytes:
        """Only what is a consent text in its charset may be signed, wherever the JSON has been."""
        content = self.binary("content", self.values["content"])
        try:
            charset = Charset(self.text("charset"))
        except ValueError:
            raise PreparedMalformed("charset") from None
        try:
            ConsentText.from_bytes(content, charset)
        except CodedError:
            raise PreparedMalformed("content") from None
        return content

    def certificate(self, name: str, value: object) -> bytes:
        der = self.binary(name, value)
        try:
            x509.load_der_x509_certificate(der)
        except (ValueError, x509.InvalidVersion):
            raise PreparedMalformed(name) from None
        return der

    def intermediates(self) -> tuple[bytes, ...]:
        values = self._of_type("intermediates", list)
        return tuple(self.certificate("intermediates", value) for value in values)

    def signing_time(self) -> datetime:
        value = self.text("signing_time")
        try:
            at = datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise PreparedMalformed("signing_time") from None
        if at.microsecond or _iso(at) != value or at.year < FIRST_YEAR:
            raise PreparedMalformed("signing_time")
        return at

    def digest(self) -> Digest:
        value = self.text("digest")
        if value not in DIGESTS:
            raise PreparedMalformed("digest")
        return cast("Digest", value)


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _iso(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat() + "Z"
