"""What stands still, as people and programs read it: the reason in words, the field, and the command that helps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from consent.errors import Lang
from consent.explanations import explanations
from consent.wording import wording
from evidence.codebooks import book_rows, meaning
from evidence.lifecycle.words import state_name
from service.terminal import visible

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evidence.lifecycle.stuck import StuckConsent, StuckRecord
    from evidence.store.store import Store


def stuck_items(
    store: Store, connection: Connection, lang: Lang, typed: str
) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """All that stands still, by kind: consents, changes to be decided, audits, and remarks of files."""
    from evidence.lifecycle import stuck  # noqa: PLC0415 - loads SQLAlchemy

    yield "remark", (remark_told(one, lang, "remark", typed) for one in stuck.remarked_records(store, connection))
    yield "change", (remark_told(one, lang, "change", typed) for one in stuck.undecided_changes(store, connection))
    yield "audit", (audit_told(row, lang, typed) for row in stuck.stuck_audits(connection))
    yield "consent", (consent_told(one, lang, typed) for one in stuck.stuck_consents(connection))


def consent_told(one: StuckConsent, lang: Lang, store: str) -> dict[str, Any]:
    """One consent. The values are all for showing: nothing personal is among them.

    Args:
        one: the consent.
        lang: to speak.
        store: options that name the store, for the commands, as `service.stores.typed_options` has them.
    """
    return {
        "kind": "consent",
        "consent": one.consent_id,
        "state": one.state.value,
        "code": one.code,
        "reason": _reason(one, lang),
        "fields": [field.name for field in one.fields],
        "labels": [field.ko if lang == "ko" else field.name.replace("_", " ") for field in one.fields],
        "institution_code": one.institution_code,
        "bank_code": one.bank_code,
        "file": None if one.file is None else one.file.id,
        "name": None if one.file is None else one.file.name,
        "record": None if one.file is None else one.file.number,
        "remedy": one.remedy.value,
        "advice": ADVICE[lang][one.remedy.value],
        "commands": [line.format(n=one.consent_id, store=store) for line in _COMMANDS[one.remedy.value]],
    }


def _reason(one: StuckConsent, lang: Lang) -> str:
    if one.state == "refused":
        meant = explanations(one.code.partition("-")[0]).get(one.code) if "-" in one.code else None
        return "" if meant is None else meant.text(lang)
    field = "failure_code" if one.state == "failed" else "response_code"
    row = meaning(field, one.code) or next((row for _, row in book_rows(one.code)), None)
    if row is None:
        return ""
    text, note = (row.ko, row.note) if lang == "ko" else (row.en, row.note_en)
    return f"{text} ({note})" if note and not row.note.startswith(_OF_CHANGES) else text


def remark_told(one: StuckRecord, lang: Lang, kind: str, store: str) -> dict[str, Any]:
    """A remark on a record of a file, or a change that will be refused."""
    said, row = wording(one.remark.code), one.row
    named = {"file": row.file_id, "record": row.number, "n": one.remark.consent_id or "N", "store": store}
    return {
        "kind": kind,
        "consent": one.remark.consent_id,
        "code": one.remark.code,
        "reason": said.message(lang, one.remark.details),
        "answer": row.code,
        "file": row.file_id,
        "name": row.name,
        "record": row.number,
        "advice": said.remedy(lang, one.remark.details),
        "commands": [line.format(**named) for line in _COMMANDS[kind]],
    }


def audit_told(row: Any, lang: Lang, store: str) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    """A record of an FB0421 that was found wrong, or a file as a whole: its record is 0."""
    from evidence.lifecycle.fb0421 import REFUSED_WHOLE  # noqa: PLC0415 - loads SQLAlchemy

    if row.number is None:
        sound = json.loads(row.trailer)["sound"]
        reason = wording(REFUSED_WHOLE).message(lang, {"sound": sound, "listed": row.listed, "sent": row.sent})
        return _audit(row, REFUSED_WHOLE, reason, lang, store)
    book = meaning("response_code", row.code) or next((found for _, found in book_rows(row.code)), None)
    return _audit(row, row.code, "" if book is None else (book.ko if lang == "ko" else book.en), lang, store)


def _audit(row: Any, code: str, reason: str, lang: Lang, store: str) -> dict[str, Any]:  # noqa: ANN401 - as above
    commands = _COMMANDS["audit" if row.consent_id is None else "audit-evidence"]
    return {
        "kind": "audit",
        "consent": row.consent_id,
        "code": code,
        "reason": reason,
        "file": row.file_id,
        "name": row.name,
        "record": row.number or 0,
        "request": row.request,
        "advice": ADVICE[lang]["audit"],
        "commands": [line.format(n=row.consent_id, store=store) for line in commands],
    }


def item_lines(item: dict[str, Any], lang: Lang) -> Iterator[str]:
    """One item for a person."""
    words = _WORDS[lang]
    if item["kind"] == "consent":
        title = words["consent"].format(n=item["consent"], state=state_name(item["state"], lang))
        yield visible(f"  {title}  {item['code']} {item['reason']}".rstrip())
    elif item["kind"] == "audit":
        title = words["record" if item["record"] else "whole"].format(**item)
        yield visible(f"  {title}  {item['code']} {item['reason']}".rstrip())
    else:
        yield visible(f"  {item['reason']} [{item['code']}]")
    named = "file" if item["kind"] in {"consent", "audit"} and item["record"] else "named"
    about = [words[named].format(**item)] if item["name"] else []
    about += [words["fields"].format(labels=", ".join(item["labels"]))] if item.get("labels") else []
    if about:
        yield visible("      " + " · ".join(about))
    yield visible(f"      → {item['advice']}")
    yield from (visible(f"        {line}") for line in item["commands"])


def more_line(count: int, lang: Lang) -> str:
    return _WORDS[lang]["more"].format(count=f"{count:,}")


_OF_CHANGES: Final = "변경 전"  # what a code means where an account is changed
_COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "new-evidence": ("dongui fix withdraw {n}{store}", "dongui store add RECORDS.jsonl --trust DIR{store}"),
    "amend": ("dongui fix amend {n} --values FILE{store}",),
    "compare": ("dongui fix amend {n} --values FILE{store}", "dongui fix requeue {n}{store}"),
    "requeue": ("dongui fix requeue {n}{store}",),
    "ask": ("dongui fix requeue {n}{store}",),
    "cancel": ("dongui cancel {n}{store}",),
    "cancel-again": ("dongui cancel {n}{store}", "dongui cancel {n} --hold{store}"),
    "await-ledger": ("dongui send fb0910 --outbox DIR{store}", "dongui take-in FILE{store}"),
    "ledger-lacks": ("dongui ledger{store}", "dongui fix requeue {n}{store}", "dongui cancel {n}{store}"),
    "cancel-void": ("dongui ledger{store}", "dongui cancel {n} --gone{store}", "dongui cancel {n} --hold{store}"),
    "audit": ("dongui send fb0420 --outbox DIR{store}",),
    "audit-evidence": (
        "dongui fix evidence {n} FILE --kind KIND --trust DIR{store}",
        "dongui send fb0420 --outbox DIR{store}",
    ),
    "change": ("dongui fix receipt {file} {record} CODE{store}",),
    "remark": ("dongui fix done {file} {record}{store}",),
}
ADVICE: Final[dict[Lang, dict[str, str]]] = {
    "ko": {
        "new-evidence": "이 동의자료로는 제출할 수 없습니다. 철회하고 새 동의자료를 접수하십시오.",
        "amend": "틀린 항목의 올바른 값을 JSON 파일에 적어 정정하십시오. 정정하면 다시 제출 대기가 됩니다.",
        "compare": "금융회사에 등록된 번호와 대조하십시오. 다르면 정정하고, 같으면 다시 제출하십시오.",
        "requeue": "원인을 바로잡은 뒤 다시 제출 대기로 등록하십시오.",
        "ask": "금융회사나 통합기관에 사유를 문의하십시오. 해결되면 다시 제출 대기로 등록하십시오.",
        "cancel": "정정한 내용은 다른 동의로 제출합니다. 금융회사에 정정 전 내용이 있을 수 있으니 해지하십시오.",
        "cancel-again": "해지를 다시 제출하거나, 해지하지 않기로 하였으면 해지 요청을 취소하십시오.",
        "await-ledger": "통합기관이나 금융회사에 이미 있는 동의이므로 다시 제출하지 마십시오. 원장을 조회하고(FB0910), "
        "받은 원장(FB0933)을 접수하십시오. 원장에 있으면 등록이 확인된 동의가 됩니다.",
        "ledger-lacks": "이미 있다고 회신되었으나 그 뒤의 최신 원장에는 없습니다. 금융회사에 등록 여부를 확인하여, "
        "등록되지 않았으면 다시 제출 대기로 등록하고 등록을 원하지 않으면 해지하십시오.",
        "cancel-void": "금융회사에 해지할 등록이 없습니다. 원장에도 없으면 --gone으로 이 동의를 종료하십시오. "
        "종료하면 새 동의를 접수할 수 있습니다.",
        "audit": "사후점검 회신 파일 전체를 다시 보내십시오. "
        "동의자료가 잘못되었으면 먼저 더 나은 동의자료로 보완하십시오.",
    },
    "en": {
        "new-evidence": "This evidence cannot be handed in. Give the consent up and take new evidence in.",
        "amend": "Write what is right into a JSON file and amend it; it is queued again then.",
        "compare": "Compare the numbers with what the bank has: amend what differs, else send it again.",
        "requeue": "Mend the cause, then queue it again.",
        "ask": "Ask the bank or the institute for the reason; once that is settled, queue it again.",
        "cancel": "What was amended goes out as another consent. The bank may have this one as it was: cancel it.",
        "cancel-again": "Send the cancellation again, or take it back.",
        "await-ledger": "The institute or the bank has it already: do not send it again. Ask for the ledger (FB0910); "
        "when its FB0933 is taken in, the consent that it lists is reconciled.",
        "ledger-lacks": "It was refused as being there already, and the newest ledger since does not list it. Ask the "
        "bank whether it is registered: if not, queue it again, or cancel it.",
        "cancel-void": "The bank has nothing to cancel. Where its ledger has nothing either, end the consent with "
        "--gone; a new one can be taken in then.",
        "audit": "Send the whole answer to the audit again. Where evidence is wrong, add better evidence first.",
    },
}
HEADINGS: Final[dict[Lang, dict[str, str]]] = {
    "ko": {
        "remark": "수신 파일에서 확인할 사항",
        "change": "접수하지 않는다고 회신할 변경 요청(보내기 전에 바꿀 수 있음)",
        "audit": "사후점검 회신의 오류",
        "consent": "조치가 필요한 동의",
    },
    "en": {
        "remark": "To be looked at in files that came in",
        "change": "Changes that will be refused (until they are sent, another answer can be given)",
        "audit": "Errors in answers to audits",
        "consent": "Consents that stand still",
    },
}
NOTHING: Final[dict[Lang, str]] = {"ko": "✔ 조치할 것이 없습니다.", "en": "✔ Nothing stands still."}
_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "ko": {
        "consent": "동의 {n}번: {state}",
        "record": "{request}에 대한 회신의 {record}번 레코드",
        "whole": "{request}에 대한 회신 파일",
        "file": "{name}(파일 {file}번)의 {record}번 레코드",
        "named": "{name}(파일 {file}번)",
        "fields": "항목: {labels}",
        "more": "  … 외 {count}건(전체는 --json)",
    },
    "en": {
        "consent": "Consent {n}: {state}",
        "record": "Record {record} of the answer to {request}",
        "whole": "The answer to {request}",
        "file": "record {record} of {name} (file {file})",
        "named": "{name} (file {file})",
        "fields": "fields: {labels}",
        "more": "  … and {count} more (--json has all)",
    },
}
