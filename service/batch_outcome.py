"""What `dongui batch` says at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from consent.errors import Lang
from service.batch_folder import Manifest
from service.batch_follow import Followed
from service.batch_progress import duration
from service.batch_run import SCHEMA
from service.batch_summary import Tally, example_line
from service.terminal import columns_of, visible
from service.times import told
from service.wrapping import terminal_columns, wrapped
from verifier.subject import SIGNING_TIME
from verifier.verdict import Indication


@dataclass(frozen=True)
class Outcome:
    """Of one run: for a person, and for programs."""

    manifest: Manifest
    tally: Tally
    out: str
    written: int
    before: int
    seconds: float
    lang: Lang
    followed: Followed | None

    @property
    def rate(self) -> float:
        return (self.tally.rows - self.before) / max(self.seconds, 0.001)

    def as_json(self) -> dict[str, object]:
        one, tally = self.manifest, self.tally
        return {
            "schema": SCHEMA,
            "table": self.out,
            "rows": tally.rows,
            "passed": tally.of(Indication.TOTAL_PASSED),
            "indeterminate": tally.of(Indication.INDETERMINATE),
            "failed": tally.of(Indication.TOTAL_FAILED),
            "findings": tally.findings(self.lang),
            "rows_in_table": self.written,
            "left_out": one.left_out,
            "sample": one.sample,
            "seed": one.seed,
            "policy": one.policy,
            "at": one.at,
            "resumed_after": self.before,
            "seconds": round(self.seconds, 3),
            "store": None if self.followed is None else self.followed.as_json(),
        }

    def as_text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        lang, tally = self.lang, self.tally
        words = {
            "rows": f"{tally.rows:,}",
            "passed": f"{tally.of(Indication.TOTAL_PASSED):,}",
            "indeterminate": f"{tally.of(Indication.INDETERMINATE):,}",
            "failed": f"{tally.of(Indication.TOTAL_FAILED):,}",
        }
        all_passed = tally.of(Indication.TOTAL_PASSED) == tally.rows
        yield ("✔ " if all_passed else "✘ ") + _SUM[lang].format_map(words)
        at = self.manifest.at
        at = _CLAIMED[lang] if at == SIGNING_TIME else told(datetime.fromisoformat(at), lang)
        yield "  " + _JUDGED[lang].format(policy=self.manifest.policy, at=at)
        if self.manifest.sample is not None and self.manifest.sample <= tally.rows:  # else it is all there is
            yield "  " + _SAMPLE[lang].format(size=f"{tally.rows:,}", seed=self.manifest.seed)
        if self.manifest.left_out:
            yield "  " + _LEFT_OUT[lang].format(count=f"{self.manifest.left_out:,}")
        yield from self._findings()
        if self.followed is not None:
            yield from (f"  {line}" for line in self.followed.lines(lang))
        yield "  " + _TOOK[lang].format(time=duration(self.seconds, lang), rate=self.rate)
        yield f"→ {visible(self.out)}: " + _ROWS[lang].format(rows=f"{self.written:,}")

    def _findings(self) -> Iterator[str]:
        columns, indent = terminal_columns(), " " * 20
        for one in self.tally.findings(self.lang):
            head = f"  {one['code']}  {one['count']:>8,}"
            first, *more = wrapped(str(one["message"]), columns, indent)
            yield head + first[columns_of(head) :]
            yield from more
            yield f"{indent}{example_line(one, self.lang)}"


_CLAIMED: Final[dict[Lang, str]] = {"en": "the claimed signing time", "ko": "서명시각(서명자 기재)"}
_SUM: Final[dict[Lang, str]] = {
    "en": "{rows} judged: {passed} passed, {indeterminate} not proven, {failed} failed",
    "ko": "{rows}건 검증: 적합 {passed}건, 판단 불가 {indeterminate}건, 부적합 {failed}건",
}
_JUDGED: Final[dict[Lang, str]] = {
    "en": "policy {policy}, judged at {at}",
    "ko": "검증 정책: {policy}, 검증 기준시각: {at}",
}
_SAMPLE: Final[dict[Lang, str]] = {
    "en": "a random sample of {size}; --seed {seed} picks the same again",
    "ko": "무작위 표본 {size}건입니다. --seed {seed} 옵션으로 같은 표본을 다시 고를 수 있습니다.",
}
_LEFT_OUT: Final[dict[Lang, str]] = {
    "en": "records not judged, without a DER or of a kind that this trust folder does not vouch for: {count}",
    "ko": "DER가 없거나 신뢰 폴더에서 다루지 않는 동의자료 구분인 레코드 {count}건은 검증하지 않았습니다.",
}
_TOOK: Final[dict[Lang, str]] = {"en": "{time}, {rate:,.0f} a second", "ko": "소요 시간 {time}, 초당 {rate:,.0f}건"}
_ROWS: Final[dict[Lang, str]] = {"en": "{rows} rows", "ko": "{rows}건"}
