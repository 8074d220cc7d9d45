"""What taking files in and handing files in refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from consent.errors import CodedError
from evidence.lifecycle.words import state_name

_NAMED: Final = 5
"""How many files an error names."""


class TakeInError(CodedError):
    """A file cannot be taken in; nothing of it was."""


class NotIncoming(TakeInError):
    """The file is one that we send."""

    code = "FB-220"

    def __init__(self, file_code: str) -> None:
        super().__init__(file_code=file_code)


class AnswersNothing(TakeInError):
    """There is no file that it could be the answer to."""

    code = "FB-221"

    def __init__(self, file_code: str, answered: str, process_date: str) -> None:
        super().__init__(file_code=file_code, answered=answered, process_date=process_date)


class AnsweredOtherwise(TakeInError):
    """The file it answers was answered before, and differently."""

    code = "FB-222"

    def __init__(self, file_code: str, answered: str) -> None:
        super().__init__(file_code=file_code, answered=answered)


class CountsDiffer(TakeInError):
    """It speaks of another number of records than were sent."""

    code = "FB-223"

    def __init__(self, file_code: str, answered: str, sent: int, said: int) -> None:
        super().__init__(file_code=file_code, answered=answered, sent=sent, said=said)


class RecordNotSent(TakeInError):
    """A record of it is not one that was sent, or not as it was sent."""

    code = "FB-224"

    def __init__(self, file_code: str, answered: str, number: int) -> None:
        super().__init__(file_code=file_code, answered=answered, number=number)


class AnswersSeveral(TakeInError):
    """It could be the answer to more than one file."""

    code = "FB-225"

    def __init__(self, file_code: str, names: str) -> None:
        super().__init__(file_code=file_code, names=names)


class AcceptedAsError(TakeInError):
    """A file that lists errors only lists a record as being in order."""

    code = "FB-226"

    def __init__(self, file_code: str, number: int) -> None:
        super().__init__(file_code=file_code, number=number)


def first_of(names: Sequence[str]) -> str:
    """The first few of them, for a message."""
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


class OutboxAhead(CodedError):
    """The outbox has files of this store that its log does not know: the database is an earlier one."""

    code = "FB-389"

    def __init__(self, files: Sequence[str]) -> None:
        super().__init__(count=len(files), files=first_of(files))


class ManifestDiffers(CodedError):
    """The outbox has a manifest of that name, and of another file: nothing is put in its place."""

    code = "FB-390"

    def __init__(self, manifest: str) -> None:
        super().__init__(manifest=manifest)


class EvidenceMissingForAudit(CodedError):
    """The answer to an audit would say of some consents that there is no evidence."""

    code = "FB-230"

    def __init__(self, request: str, process_date: str, missing: int, first: int, near: Mapping[str, str]) -> None:
        super().__init__(request=request, process_date=process_date, missing=missing, first=first, **near)


class ReceiptNotAllowed(CodedError):
    """A change cannot be answered with this code."""

    code = "FB-298"

    def __init__(self, receipt_code: str) -> None:
        super().__init__(receipt_code=receipt_code)


class ChangeUnderWay(CodedError):
    """Another change of the same consent is taken already: it would go on as two."""

    code = "FB-300"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class ReceiptNotOpen(CodedError):
    """There is no such request, or it has its answer."""

    code = "FB-299"

    def __init__(self, file: int, number: int) -> None:
        super().__init__(file=file, number=number)


class FileChanged(TakeInError):
    """The file was not the same when it was read again: what was checked is not what would be applied."""

    code = "FB-376"

    def __init__(self) -> None:
        super().__init__()


class EvidenceDoesNotPass(CodedError):
    """The last verdict on a consent's evidence is no pass: queued again, it would wait and never be sent."""

    code = "FB-377"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class LedgerAskedBefore(CodedError):
    """The ledger may be asked for once a week by an institution, and once a month for a bank of it."""

    code = "FB-366"

    def __init__(self, institution_code: str, bank_code: str, asked_on: str) -> None:
        super().__init__(institution_code=institution_code, bank_code=bank_code, asked_on=asked_on)


class IdentityTaken(CodedError):
    """Amended so, a consent would have the identity of another one that is alive."""

    code = "FB-367"

    def __init__(self, consent: int, other: int) -> None:
        super().__init__(consent=consent, other=other)


class GoesOnAsAnother(CodedError):
    """A consent was amended after the bank may have had it: what was amended goes out as another one."""

    code = "FB-310"

    def __init__(self, consent: int, successor: int) -> None:
        super().__init__(consent=consent, successor=successor)


class BeganByChange(CodedError):
    """A consent that began with a change of account has evidence for the account before: it proves nothing here."""

    code = "FB-387"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class LedgerDoesNotLack(CodedError):
    """A consent that was accepted goes out again only if the newest ledger of its bank says that it is not there."""

    code = "FB-386"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class CannotAmend(CodedError):
    """A consent does not stand where something of it can be amended."""

    code = "FB-368"

    def __init__(self, consent: int, state: str) -> None:
        super().__init__(consent=consent, state=state_name(state, "en"), state_ko=state_name(state, "ko"))


class NotOfCancellation(CodedError):
    """Of a cancellation that was rejected only the holder's number and its kind can be amended."""

    code = "FB-391"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class NothingToAmend(CodedError):
    """All values given are those that the consent has."""

    code = "FB-369"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class AmendmentNotSigned(CodedError):
    """The text that was signed does not say what a consent would be amended to."""

    code = "FB-370"

    def __init__(self, consent: int, fields: str) -> None:
        super().__init__(consent=consent, fields=fields)


class AcceptedBefore(CodedError):
    """A consent was accepted once: its bank may have it."""

    code = "FB-371"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class AuditNotOpen(CodedError):
    """An audit is closed, or has an answer on its way."""

    code = "FB-400"

    def __init__(self, request: str) -> None:
        super().__init__(request=request)


class EvidenceNotFoundWrong(CodedError):
    """No open audit found the evidence of a consent wrong: it stays the evidence."""

    code = "FB-398"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class SameEvidence(CodedError):
    """The evidence that is to be added is what the consent has."""

    code = "FB-399"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class FileUnknown(CodedError):
    """The store has no such file of this kind."""

    code = "FB-372"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class FileNotClear(CodedError):
    """Several files have this name."""

    code = "FB-373"

    def __init__(self, file: str, numbers: str) -> None:
        super().__init__(file=file, numbers=numbers)


class NoSuchRemark(CodedError):
    """There is no remark on this record that could be ticked off."""

    code = "FB-374"

    def __init__(self, file: int, number: int) -> None:
        super().__init__(file=file, number=number)


class SigningUnknown(CodedError):
    """No consent to be signed has that id."""

    code = "FB-380"

    def __init__(self) -> None:
        super().__init__()


class SigningChanged(CodedError):
    """Somebody else changed the consent meanwhile."""

    code = "FB-381"

    def __init__(self) -> None:
        super().__init__()


class SigningClosed(CodedError):
    """The consent is signed already, or withdrawn."""

    code = "FB-382"

    def __init__(self, state: str) -> None:
        super().__init__(state=state)


class SigningExpired(CodedError):
    """The consent was to be signed by a time that has passed."""

    code = "FB-383"

    def __init__(self, expires_at: str) -> None:
        super().__init__(expires_at=expires_at)
