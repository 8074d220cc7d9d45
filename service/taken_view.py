"""What came of a file that was taken in, as JSON for programs, and its remarks in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consent.errors import Lang
from consent.wording import wording

if TYPE_CHECKING:
    from evidence.lifecycle.take_in import TakenFile
    from evidence.lifecycle.taking import Remark


def taken_as_json(file: str, taken: TakenFile, lang: Lang) -> dict[str, object]:
    return {
        "file": file,
        "code": taken.code,
        "number": taken.file_id,
        "records": taken.records,
        "already": taken.already,
        "events": dict(taken.events),
        "remarks": [
            {
                "code": one.code,
                "record": one.number,
                "consent": one.consent_id,
                "message": said(one, lang),
            }
            for one in taken.remarks
        ],
    }


def said(remark: Remark, lang: Lang) -> str:
    return wording(remark.code).message(lang, remark.details)
