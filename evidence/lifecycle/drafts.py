"""What is to be signed: a text, and what becomes of it once it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from consent.charset import Charset
from consent.text import ConsentText
from evidence.build import Registration, record_texts
from evidence.calendar import require_known
from evidence.lifecycle.intake import require_records_fit
from evidence.vouching import require_same_text
from verifier.verdict import Verdict

_REGISTERED: Final = (
    "holder_id_type",
    "holder_id",
    "institution_code",
    "payer_number",
    "bank_code",
    "account_number",
    "trace_number",
)


@dataclass(frozen=True)
class Draft:
    """What is to be signed, and what becomes of it.

    Attributes:
        text: the consent text.
        charset: that it is signed in.
        registration: the texts of FB0110 that it is registered with (`_REGISTERED`, and `applied_on` in ISO 8601);
            None: the evidence is kept and not registered.
        evidence_kind: 증빙구분; None: 2, or 7 where the service's own key signs.
        queue: whether it goes into the next FB0110 once it is signed.
        ref: the caller's own name for it.
        prepared: JSON of the signature that was prepared last (`signer.Prepared`).
        receipt: once it is signed.
    """

    text: str = field(repr=False)
    charset: str
    registration: Mapping[str, str] | None = field(default=None, repr=False)
    evidence_kind: str | None = None
    queue: bool = True
    ref: str | None = field(default=None, repr=False)
    prepared: str | None = field(default=None, repr=False)
    receipt: Mapping[str, object] | None = None

    @property
    def consent_text(self) -> ConsentText:
        return ConsentText.of(self.text, Charset(self.charset))

    def require_fit(self) -> None:
        """What could not be registered once it is signed is not shown to a payer.

        Raises:
            DayNotKnown: the day it was applied on is none that files are made for.
            RecordError: the registration does not fit FB0110.
            SignedForAnother: the text, a form of ours, says something else.
        """
        registration = self.registration_of(self.evidence_kind or "2", b"-", None)
        if registration is not None:
            require_known(registration.applied_on)
            require_records_fit([registration])
            require_same_text(record_texts(registration), self.text, 1)

    def registration_of(self, kind: str, der: bytes, verdict: Verdict | None) -> Registration | None:
        """What is taken into the store with this evidence, where it is to be registered."""
        if self.registration is None:
            return None
        return registration_from(self.registration, kind, "der", der, verdict)


def registration_from(
    texts: Mapping[str, str], kind: str, extension: str, evidence: bytes, verdict: Verdict | None
) -> Registration:
    """A registration by the texts of FB0110 that a caller gave (`Draft.registration`)."""
    values: dict[str, Any] = {name: texts[name] for name in _REGISTERED}
    return Registration(
        applied_on=date.fromisoformat(texts["applied_on"]),
        evidence_kind=kind,
        extension=extension,
        evidence=evidence,
        verdict=verdict,
        **values,
    )
