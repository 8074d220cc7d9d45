"""Faults of the settings as a person or a program reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from consent.errors import Lang
from consent.wording import wording
from service.settings import Fault
from service.terminal import visible
from service.times import with_times_told


def fault_json(fault: Fault, lang: Lang) -> dict[str, object]:
    return {
        "code": fault.error.code,
        "setting": fault.setting,
        "where": fault.where,
        "remark": fault.is_remark,
        "message": fault.error.message(lang),
        "remedy": fault.error.remedy(lang),
    }


def told(faults: Sequence[Fault], lang: Lang) -> Iterator[str]:
    """Line by line: what is wrong first, then what is only to be known; at the end, what it comes to."""
    ordered = sorted(faults, key=lambda fault: fault.is_remark)
    for fault in ordered:
        error = fault.error
        where = f" ({fault.where})" if fault.where and fault.where != fault.setting else ""
        label = "!" if fault.is_remark else _FAULT[lang]
        message = wording(error.code).message(lang, with_times_told(error.details, lang))
        yield visible(f"{label} {error.code}: {fault.setting}{where}: {message}")
        yield visible(f"  → {error.remedy(lang)}")
    failing = sum(not fault.is_remark for fault in faults)
    yield _SUM[lang][failing > 0].format(faults=failing, remarks=len(faults) - failing)


_FAULT: Final[dict[Lang, str]] = {"en": "error", "ko": "오류"}
_SUM: Final[dict[Lang, dict[bool, str]]] = {
    "en": {
        False: "✔ the service can start with these settings; remarks: {remarks}",
        True: "✘ the service does not start with these settings; faults: {faults}, remarks: {remarks}",
    },
    "ko": {
        False: "✔ 이 설정으로 서비스를 시작할 수 있습니다. 참고 {remarks}건",
        True: "✘ 이 설정으로는 서비스를 시작할 수 없습니다. 오류 {faults}건, 참고 {remarks}건",
    },
}
