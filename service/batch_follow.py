"""What becomes of a batch's verdicts in the store that its evidence is from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from consent.errors import Lang
from service.batch_folder import Manifest, WorkFolder
from service.batch_store import StoreSource
from service.stores import clock, opened
from verifier.batch.judging import INPUT

if TYPE_CHECKING:
    from evidence.store.verdicts import Judged

_SHOWN: Final = 10


@dataclass(frozen=True)
class Followed:
    """How many verdicts were kept, and which consents something happened to; see `evidence.lifecycle.rejudging`."""

    kept: int
    unjudged: int
    refused: tuple[int, ...]
    passed: tuple[int, ...]
    doubted: tuple[int, ...]

    def as_json(self) -> dict[str, object]:
        return dict(vars(self))

    def lines(self, lang: Lang) -> Iterator[str]:
        words = _WORDS[lang]
        yield words["kept"].format(count=f"{self.kept:,}")
        if self.unjudged:
            yield words["unjudged"].format(count=f"{self.unjudged:,}")
        for name, consents in (("refused", self.refused), ("passed", self.passed), ("doubted", self.doubted)):
            if consents:
                numbers = ", ".join(map(str, consents[:_SHOWN])) + (" …" if len(consents) > _SHOWN else "")
                yield words[name].format(count=f"{len(consents):,}", numbers=numbers)


def write_back(source: StoreSource, folder: WorkFolder, manifest: Manifest) -> Followed:
    """Keep all verdicts in the store, and let consents follow them; what an interrupted run kept is not kept twice.

    Rows whose bytes could not be had, or over which workers died, are no verdicts on evidence: they are counted only.
    """
    from evidence.lifecycle.rejudging import take_verdicts  # noqa: PLC0415 - loads SQLAlchemy

    unjudged = _Count()
    with opened(source.address, source.keys, source.files) as store:
        reached_at = datetime.fromisoformat(manifest.begun_at)
        judged = _judged(folder, manifest.policy, unjudged)
        parts = list(take_verdicts(store, judged, reached_at, clock))
    return Followed(
        sum(part.kept for part in parts),
        unjudged.count,
        tuple(number for part in parts for number in part.refused),
        tuple(number for part in parts for number in part.passed),
        tuple(number for part in parts for number in part.doubted),
    )


class _Count:
    def __init__(self) -> None:
        self.count = 0


def _judged(folder: WorkFolder, policy: str, unjudged: _Count) -> Iterator[Judged]:
    from evidence.store.verdicts import Judged  # noqa: PLC0415 - loads SQLAlchemy

    columns = ["indication", "codes", "not_run", "verified_at"]
    for (_, chunk), batch in zip(folder.plan(), folder.parts(), strict=True):
        rows: list[dict[str, Any]] = batch.select(columns).to_pylist()
        for entry, row in zip(chunk.entries, rows, strict=True):
            if INPUT in row["not_run"]:
                unjudged.count += 1
                continue
            codes = tuple(row["codes"]) or tuple(row["not_run"])
            yield Judged(entry[1], row["indication"], codes, policy, row["verified_at"])  # type: ignore[index, arg-type]


_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "kept": "kept in the store: {count} verdicts",
        "unjudged": "not judged, and nothing kept about them: {count}",
        "refused": "refused now, and not to be handed in: {count} consents ({numbers})",
        "passed": "pass now; `consent list --state verified` has them: {count} consents ({numbers})",
        "doubted": "do not pass any more and are with the bank already: {count} consents ({numbers})",
    },
    "ko": {
        "kept": "보관소에 검증 결과 {count}건을 저장하였습니다.",
        "unjudged": "검증하지 못하여 결과를 저장하지 않은 동의자료: {count}건",
        "refused": "검증 부적합으로 바뀌어 제출하지 않는 동의: {count}건({numbers})",
        "passed": "검증 적합으로 바뀐 동의(consent list --state verified로 확인): {count}건({numbers})",
        "doubted": "이미 제출하였으나 검증을 통과하지 못한 동의: {count}건({numbers})",
    },
}
