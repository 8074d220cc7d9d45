"""The story of one consent, for people and for programs; what is personal is masked unless it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from consent.errors import Lang
from consent.kinds import KINDS
from evidence.banks import shipped
from evidence.lifecycle.words import state_name
from service.fb_view import bank_means
from service.inspection import MASK
from service.log_lines import row_as_json, row_as_text
from service.terminal import columns_of, padded, visible
from service.times import told
from verifier.reports.terms import OUTCOMES
from verifier.verdict import Indication

if TYPE_CHECKING:
    from evidence.store.finding import Story

PERSONAL = ("holder_id_type", "holder_id", "payer_number", "account_number", "trace_number")


def story_as_json(story: Story, texts: Mapping[str, str], *, unmask: bool) -> dict[str, object]:
    row, evidence = story.consent, story.evidence
    return {
        "consent": row.id,
        "state": row.state,
        "code": row.code,
        "applied_on": row.applied_on.isoformat(),
        "institution_code": row.institution_code,
        "bank_code": row.bank_code,
        **_personal(texts, unmask=unmask),
        "ended_on": None if row.ended_on is None else row.ended_on.isoformat(),
        "successor": row.successor_id,
        "evidence": None if evidence is None else _evidence(evidence),
        "verdicts": [_verdict(one) for one in story.verdicts],
        "files": [_record(one) for one in story.records],
        "log": [row_as_json(one) for one in story.log],
    }


def _personal(texts: Mapping[str, str], *, unmask: bool) -> dict[str, str]:
    return {name: texts.get(name, "") if unmask else MASK for name in PERSONAL}


def _evidence(row: Any) -> dict[str, object]:  # noqa: ANN401 - a row of the table
    return {
        "kind": row.kind,
        "extension": row.extension,
        "size": row.size,
        "sha256": bytes(row.sha256).hex(),
        "place": row.place,
        "added_at": row.added_at,
    }


def _verdict(row: Any) -> dict[str, object]:  # noqa: ANN401 - as above
    return {
        "judged_at": row.judged_at,
        "verified_at": row.verified_at or None,
        "indication": row.indication,
        "codes": row.codes.split(),
        "policy": row.policy,
    }


def _record(row: Any) -> dict[str, object]:  # noqa: ANN401 - as above
    return {
        "file": row.file_id,
        "file_code": row.file_code,
        "name": row.name,
        "process_date": row.process_date.isoformat(),
        "record": row.number,
        "code": row.code,
        "outcome": row.outcome,
    }


def story_as_text(story: Story, texts: Mapping[str, str], lang: Lang, *, unmask: bool) -> Iterator[str]:
    row, words = story.consent, _WORDS[lang]
    yield words["title"].format(number=row.id, state=state_name(row.state, lang)) + (
        f" ({row.code})" if row.code else ""
    )
    rows = list(facts_told(story, texts, lang, unmask=unmask))
    width = max(columns_of(label) for label, _ in rows)
    yield from (f"  {padded(label, width)}  {visible(text)}" for label, text in rows)
    for name, lines in (
        ("verdicts", [_verdict_line(one, lang) for one in story.verdicts]),
        ("files", [_record_line(one, lang) for one in story.records]),
        ("log", [row_as_text(one, lang) for one in story.log]),
    ):
        if lines:
            yield f"  {words[name]}"
            yield from (f"    {line.strip()}" for line in lines)


def facts_told(story: Story, texts: Mapping[str, str], lang: Lang, *, unmask: bool) -> Iterator[tuple[str, str]]:
    """What there is to say about the consent itself: labels and values."""
    return ((_WORDS[lang][name], text) for name, text in _rows(story, texts, lang, unmask=unmask))


def _rows(story: Story, texts: Mapping[str, str], lang: Lang, *, unmask: bool) -> Iterator[tuple[str, str]]:
    row, evidence = story.consent, story.evidence
    yield "applied_on", row.applied_on.isoformat()
    yield "institution_code", row.institution_code
    bank = bank_means(shipped().of(row.bank_code), row.applied_on)[0 if lang == "ko" else 1]
    yield "bank_code", f"{row.bank_code} ({bank})"
    for name, text in _personal(texts, unmask=unmask).items():
        if text:
            yield name, text
    if row.ended_on is not None:
        yield "ended_on", row.ended_on.isoformat()
    if row.successor_id is not None:
        yield "successor", str(row.successor_id)
    if evidence is not None:
        size = _WORDS[lang]["bytes"].format(size=f"{evidence.size:,}")
        kind = KINDS.get(evidence.kind)
        name = evidence.kind if kind is None else f"{kind.ko if lang == 'ko' else kind.en} ({kind.code})"
        yield "evidence", f"{name}, {evidence.extension}, {size}, SHA-256 {bytes(evidence.sha256).hex()}"


def _verdict_line(row: Any, lang: Lang) -> str:  # noqa: ANN401 - a row of the table
    outcome = OUTCOMES[Indication[row.indication]][lang]
    at = told(datetime.fromisoformat(row.judged_at), lang)
    return visible(f"{at}  {outcome}  {row.codes}".rstrip())


def _record_line(row: Any, lang: Lang) -> str:  # noqa: ANN401 - as above
    words = _WORDS[lang]
    way = words[row.direction]
    about = words["record"].format(number=row.number)
    return visible(
        f"{row.process_date.isoformat()}  {row.file_code} {way}  {row.name}  {about}  {row.code or ''}".rstrip()
    )


_WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "title": "Consent {number}: {state}",
        "applied_on": "applied on",
        "institution_code": "institution",
        "bank_code": "bank",
        "holder_id_type": "kind of holder's id",
        "holder_id": "holder's id",
        "payer_number": "payer number",
        "account_number": "account number",
        "trace_number": "trace number",
        "ended_on": "ended on",
        "successor": "goes on as consent",
        "evidence": "evidence",
        "bytes": "{size} bytes",
        "verdicts": "verdicts",
        "files": "files",
        "log": "log",
        "out": "sent",
        "in": "taken in",
        "record": "record {number}",
    },
    "ko": {
        "title": "동의 {number}번: {state}",
        "applied_on": "신청 일자",
        "institution_code": "이용기관 코드",
        "bank_code": "금융회사코드",
        "holder_id_type": "예금주 실명번호 종류",
        "holder_id": "예금주 실명번호",
        "payer_number": "납부자 번호",
        "account_number": "계좌번호",
        "trace_number": "전문추적 번호",
        "ended_on": "종료일",
        "successor": "이어지는 동의 번호",
        "evidence": "동의자료",
        "bytes": "{size}바이트",
        "verdicts": "검증 이력",
        "files": "파일",
        "log": "기록",
        "out": "송신 파일",
        "in": "수신 파일",
        "record": "레코드 {number}",
    },
}
