"""`dongui store show`: what a store holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from consent.errors import Lang
from evidence.lifecycle.words import state_name
from service import options
from service.stores import opened, store_options
from service.terminal import columns_of, json_line, padded, visible

if TYPE_CHECKING:
    from evidence.store.figures import Figures


@click.command(name="show")
@store_options
@options.json_flag
@click.pass_context
def command(context: click.Context, address: str, keys: str | None, files: str | None, as_json: bool) -> None:
    """Show what a store holds: consents by state, evidence, files, the log's last row, keys in use."""
    from evidence.store.figures import figures  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.store.opening import shown  # noqa: PLC0415

    with opened(address, keys, files) as store:
        found, current = figures(store), store.keys.current
    if as_json:
        click.echo(json_line({"store": shown(address), **_as_json(found, current)}))
    else:
        click.echo("\n".join(_lines(visible(shown(address)), found, current, context.obj)))


def _as_json(found: Figures, current: str) -> dict[str, object]:
    return {
        "processing": found.settings.get("processing"),
        "consents": dict(found.consents),
        "evidence": {place: {"pieces": one, "bytes": size} for place, (one, size) in found.evidence.items()},
        "files": [
            {"code": code, "direction": way, "state": state, "files": count}
            for (code, way, state), count in found.files.items()
        ],
        "log": {"seq": found.log_rows, "digest": found.log_digest.hex(), "at": found.last_at},
        "keys": {"current": current, "rows": dict(found.keys)},
        "bytes": found.size,
    }


def _lines(store: str, found: Figures, current: str, lang: Lang) -> Iterator[str]:
    words = _WORDS[lang]
    yield f"{store}: {words[found.settings.get('processing', '')]}, {found.size:,}{words['bytes']}"
    rows = {
        words["consents"]: _states(found, lang),
        words["evidence"]: [
            f"{words[f'at {place}']}: {count:,}{words['pieces']}, {size:,}{words['bytes']}"
            for place, (count, size) in sorted(found.evidence.items())
        ],
        words["files"]: [
            f"{code} {words[way]}, {state_name(state, lang)}: {count:,}"
            for (code, way, state), count in sorted(found.files.items())
        ],
        words["log"]: [words["rows"].format(seq=f"{found.log_rows:,}", digest=found.log_digest.hex()[:16])],
        words["keys"]: [
            f"{visible(key)}{words['current'] if key == current else ''}: {count:,}"
            for key, count in sorted(({current: 0} | dict(found.keys)).items())
        ],
    }
    width = max(columns_of(name) for name in rows)
    for name, lines in rows.items():
        for number, line in enumerate(lines or [words["none"]]):
            yield f"  {padded('' if number else name, width)}  {line}"


def _states(found: Figures, lang: Lang) -> list[str]:
    from evidence.lifecycle.states import State  # noqa: PLC0415

    order = [state.value for state in State]
    known = sorted(found.consents.items(), key=lambda one: order.index(one[0]) if one[0] in order else len(order))
    return [f"{state_name(state, lang)}: {count:,}" for state, count in known]


_WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "": "-",
        "integrated": "files of all banks as one",
        "per-bank": "a file for each bank",
        "bytes": " bytes",
        "consents": "consents",
        "evidence": "evidence",
        "at database": "in the database",
        "at files": "in files of their own",
        "files": "files",
        "pieces": "",
        "out": "sent",
        "in": "taken in",
        "log": "log",
        "rows": "{seq} rows, the last one's digest {digest}…",
        "keys": "keys (rows)",
        "current": " (current)",
        "none": "none",
    },
    "ko": {
        "": "-",
        "integrated": "통합처리(모든 금융회사를 한 파일로)",
        "per-bank": "금융회사별 파일",
        "bytes": "바이트",
        "consents": "동의",
        "evidence": "동의자료",
        "at database": "데이터베이스",
        "at files": "별도 파일",
        "files": "파일",
        "pieces": "건",
        "out": "송신 파일",
        "in": "수신 파일",
        "log": "기록",
        "rows": "{seq}행, 마지막 행의 해시 {digest}…",
        "keys": "키별 행 수",
        "current": "(현재 키)",
        "none": "없음",
    },
}
