"""What is due, for a person as a table with what omissions cost below it, and for a program as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from consent.errors import Lang
from consent.wording import wording
from evidence.calendar import KOREA
from evidence.due_item import DueItem, Severity, Task
from service.korea_times import end_told, left_told, time_told
from service.terminal import columns_of, padded, visible
from service.wrapping import wrapped

_COMMANDS: Final[dict[Task, str]] = {
    Task.ANSWER_AUDIT: "dongui send fb0420{store} --outbox DIR",
    Task.ANSWER_CHANGES: "dongui send fb0221{store} --outbox DIR",
    Task.SEND_CONSENTS: "dongui send {code}{store} --outbox DIR",
    Task.SEND_CANCELLATIONS: "dongui send {code}{store} --outbox DIR",
    Task.MEND_REJECTED: "dongui fix{store}",
    Task.FINISH_FILE: "dongui send {code}{store} --outbox DIR",
    Task.AWAIT_RESULT: "dongui take-in {file}{store}",
    Task.MEND_FAILURES: "dongui fix{store}",
    Task.ASK_LEDGER: "dongui send fb0910{store} --outbox DIR",
}
"""What is done by one command; the others take a person to decide."""

_MARKS: Final[dict[Severity, str]] = {
    Severity.LATE: "✘",
    Severity.TODAY: "!",
    Severity.SOON: "·",
    Severity.WAITING: " ",
    Severity.INFORMATION: " ",
}
_SEVERITIES: Final[dict[Lang, dict[Severity, str]]] = {
    "ko": {
        Severity.LATE: "기한 지남",
        Severity.TODAY: "오늘 할 일",
        Severity.SOON: "다음 영업일",
        Severity.WAITING: "대기",
        Severity.INFORMATION: "참고",
    },
    "en": {
        Severity.LATE: "late",
        Severity.TODAY: "today",
        Severity.SOON: "next business day",
        Severity.WAITING: "waiting",
        Severity.INFORMATION: "to know",
    },
}
_TASKS: Final[dict[Lang, dict[Task, str]]] = {
    "ko": {
        Task.ANSWER_AUDIT: "사후점검 요청에 회신",
        Task.ANSWER_CHANGES: "출금이체 변경 접수 결과 회신",
        Task.SEND_CONSENTS: "출금이체 증빙자료 송신",
        Task.SEND_CANCELLATIONS: "해지 송신",
        Task.MEND_REJECTED: "오류 회신 건을 고쳐 다시 송신",
        Task.FINISH_FILE: "송신 폴더에 만들다 멈춘 파일 마무리",
        Task.AWAIT_RESULT: "결과 파일 수신 확인",
        Task.MEND_FAILURES: "대사 실패 조치",
        Task.SEE_TURNED_BAD: "부적합으로 바뀐 동의자료 확인",
        Task.ASK_LEDGER: "원장 정보 조회 신청 가능",
        Task.DESTROY: "보존기간이 끝나는 동의자료 파기",
        Task.MAINTENANCE: "통합기관 시스템 정기점검",
    },
    "en": {
        Task.ANSWER_AUDIT: "answer the audit",
        Task.ANSWER_CHANGES: "answer the requests for changes",
        Task.SEND_CONSENTS: "send consents",
        Task.SEND_CANCELLATIONS: "send cancellations",
        Task.MEND_REJECTED: "mend what was rejected and send it again",
        Task.FINISH_FILE: "finish a file that was stopped on its way to the outbox",
        Task.AWAIT_RESULT: "result to come in",
        Task.MEND_FAILURES: "mend failed reconciliation",
        Task.SEE_TURNED_BAD: "look at evidence that no longer passes",
        Task.ASK_LEDGER: "the ledger may be asked for",
        Task.DESTROY: "destroy evidence as its retention ends",
        Task.MAINTENANCE: "maintenance of the institute's system",
    },
}
_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "ko": {
        "none": "{at} 기준: 할 일이 없습니다.",
        "head": "{at} 기준: {counts}",
        "count": "{severity} {count}건",
        "due": "기한",
        "left": "남은 시간",
        "task": "할 일",
        "no time": "즉시",
        "from": "{at}부터",
        "until": "{at}까지",
        "records": "{count}건",
        "institution": "이용기관 {code}",
        "bank": "금융회사 {code}",
        "since": "D={day}",
        "last asked": "마지막 신청 {day}",
        "never asked": "신청한 적 없음",
        "better": "가능하면 {at}까지",
    },
    "en": {
        "none": "As of {at} in Korea: nothing is due.",
        "head": "As of {at} in Korea: {counts}",
        "count": "{count} {severity}",
        "due": "Due (Korea)",
        "left": "Left",
        "task": "What",
        "no time": "now",
        "from": "from {at}",
        "until": "until {at}",
        "records": "{count} record(s)",
        "institution": "institution {code}",
        "bank": "bank {code}",
        "since": "D={day}",
        "last asked": "last asked on {day}",
        "never asked": "never asked",
        "better": "better by {at}",
    },
}


def as_view(items: Sequence[DueItem], now: datetime, lang: Lang, *, store: str, columns: int) -> str:
    """A table, most urgent first, and below it what each code in it means and which command helps.

    Args:
        items: as `evidence.due.due_items` has them.
        now: the time that they are of.
        lang: to speak.
        store: options that name the store, for the commands, as `service.stores.typed_options` has them.
        columns: to write in.
    """
    words = _WORDS[lang]
    if not items:
        return words["none"].format(at=time_told(now, lang)) + "\n"
    counts = [
        words["count"].format(severity=_SEVERITIES[lang][severity], count=count)
        for severity in Severity
        if (count := sum(item.severity is severity for item in items))
    ]
    head = words["head"].format(at=time_told(now, lang), counts=", ".join(counts))
    lines = [*wrapped(head, columns), "", *_table(items, lang, columns), *_meanings(items, lang, store, columns)]
    return "\n".join(lines) + "\n"


def as_json(items: Sequence[DueItem], now: datetime, lang: Lang, *, store: str) -> dict[str, Any]:
    """All of it, times in ISO 8601 with Korea's offset, what is left in whole seconds."""
    return {"at": now.astimezone(KOREA).isoformat(), "items": [_item_as_json(item, lang, store) for item in items]}


def _item_as_json(item: DueItem, lang: Lang, store: str) -> dict[str, Any]:
    meaning = wording(item.cost)
    times = {"opens_at": item.opens_at, "due_at": item.due_at, "better_by": item.better_by}
    return {
        "severity": item.severity.value,
        "task": item.task.value,
        "file": item.file or None,
        "about": item.about or None,
        "records": item.records or None,
        "institution_code": item.institution_code or None,
        "bank_code": item.bank_code or None,
        "since": item.since and item.since.isoformat(),
        **{name: at and at.isoformat() for name, at in times.items()},
        "left_seconds": None if item.left is None else int(item.left.total_seconds()),
        "clause": item.clause or None,
        "code": item.cost,
        "message": meaning.message(lang, {}),
        "remedy": meaning.remedy(lang, {}),
        "command": _command(item, store),
    }


def item_told(item: DueItem, lang: Lang) -> dict[str, str]:
    """One item in words: how urgent it is with its mark, until when, how long that is, and what there is to do."""
    return {
        "mark": _MARKS[item.severity].strip(),
        "severity": _SEVERITIES[lang][item.severity],
        "due": _due(item, lang),
        "left": _left(item, lang),
        "what": _what(item, lang),
    }


def _command(item: DueItem, store: str) -> str | None:
    form = _COMMANDS.get(item.task)
    return None if form is None else form.format(store=store, file=item.file, code=item.file.lower())


def _table(items: Sequence[DueItem], lang: Lang, columns: int) -> Iterator[str]:
    words = _WORDS[lang]
    rows = [(_due(item, lang), _left(item, lang)) for item in items]
    due, left = (max(columns_of(row[i]) for row in [*rows, (words["due"], words["left"])]) for i in (0, 1))
    yield f"    {padded(words['due'], due)}  {padded(words['left'], left)}  {words['task']}"
    start = 4 + due + 2 + left + 2
    for item, row in zip(items, rows, strict=True):
        first, *more = wrapped(_what(item, lang), columns, " " * start)
        yield f"  {_MARKS[item.severity]} {padded(row[0], due)}  {padded(row[1], left)}  {first[start:]}"
        yield from more


def _due(item: DueItem, lang: Lang) -> str:
    if item.severity is Severity.INFORMATION and item.opens_at is not None:
        return _WORDS[lang]["from"].format(at=time_told(item.opens_at, lang))
    return _WORDS[lang]["no time"] if item.due_at is None else end_told(item.due_at, lang)


def _left(item: DueItem, lang: Lang) -> str:
    return "-" if item.left is None or item.severity is Severity.INFORMATION else left_told(item.left, lang)


def _what(item: DueItem, lang: Lang) -> str:
    words = _WORDS[lang]
    head = " ".join(filter(None, (item.file, _TASKS[lang][item.task])))
    details = [
        item.records and words["records"].format(count=item.records),
        visible(item.about),
        item.institution_code and words["institution"].format(code=visible(item.institution_code)),
        item.bank_code and words["bank"].format(code=visible(item.bank_code)),
        _since(item, lang),
        _until(item, lang),
    ]
    return f"{head}: {', '.join(text for text in details if text)} [{item.cost}]"


def _since(item: DueItem, lang: Lang) -> str:
    words = _WORDS[lang]
    if item.task is Task.ASK_LEDGER:
        return words["never asked"] if item.since is None else words["last asked"].format(day=item.since)
    return words["since"].format(day=item.since) if item.file else ""


def _until(item: DueItem, lang: Lang) -> str:
    """The end of what has a beginning in the first column, or the moment that is better kept to."""
    if item.severity is Severity.INFORMATION and item.due_at is not None:
        return _WORDS[lang]["until"].format(at=end_told(item.due_at, lang))
    if item.better_by is not None and item.better_by != item.due_at and item.severity is not Severity.LATE:
        return _WORDS[lang]["better"].format(at=end_told(item.better_by, lang))
    return ""


def _meanings(items: Sequence[DueItem], lang: Lang, store: str, columns: int) -> Iterator[str]:
    """Of what only has to be waited for there is nothing to be said yet."""
    acting = [item for item in items if item.severity is not Severity.WAITING]
    by_code = {item.cost: item for item in reversed(acting)}
    for code in dict.fromkeys(item.cost for item in acting):
        meaning = wording(code)
        yield ""
        yield from wrapped(f"[{code}] {meaning.message(lang, {})}", columns)
        first, *more = wrapped(meaning.remedy(lang, {}), columns, "    ")
        yield f"  → {first[4:]}"
        yield from more
        if command := _command(by_code[code], store):
            yield f"    $ {command}"
