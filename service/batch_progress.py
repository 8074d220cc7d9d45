"""How far a batch is: a bar at a terminal, else a line every ten seconds; on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, Protocol

import click

from consent.errors import Lang

_EVERY: Final = 10.0


class Progress(Protocol):
    """Is told of rows that are done."""

    def __call__(self, rows: int) -> None: ...


@contextmanager
def looking(lang: Lang) -> Iterator[None]:
    """Say at a terminal, until the block ends, that the source is looked through: millions of files take a while."""
    if not _is_terminal():
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - nobody at a terminal, no need for it

    with Console(stderr=True).status(_LOOKING[lang]):
        yield


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def progress(total: int, done: int, lang: Lang) -> Iterator[Progress]:
    """Show it until the block ends.

    Args:
        total: rows in all.
        done: of these, what an interrupted run had finished.
        lang: of the words.
    """
    if _is_terminal():
        with _bar(total, done, lang) as show:
            yield show
    else:
        yield _Lines(total, done, lang)


@contextmanager
def _bar(total: int, done: int, lang: Lang) -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415 - nobody at a terminal, no need for it
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn  # noqa: PLC0415 - as above
    from rich.progress import Progress as Bar  # noqa: PLC0415 - as above

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(_STARTING[lang], total=total, completed=done)
        pace = _Pace(total, done)

        def show(rows: int) -> None:
            pace.add(rows)
            bar.update(task, advance=rows, description=pace.told(lang))

        yield show


class _Pace:
    """Rows a second, and the time that is left at that pace."""

    def __init__(self, total: int, done: int) -> None:
        self.total, self.done = total, done
        self.here, self.start = 0, monotonic()

    def add(self, rows: int) -> None:
        self.done += rows
        self.here += rows

    def told(self, lang: Lang) -> str:
        rate = self.here / max(monotonic() - self.start, 0.001)
        left = duration((self.total - self.done) / rate, lang) if rate else "?"
        return _PACE[lang].format(rate=rate, left=left)


class _Lines:
    def __init__(self, total: int, done: int, lang: Lang) -> None:
        self.pace, self.lang = _Pace(total, done), lang
        self.told_at = monotonic()

    def __call__(self, rows: int) -> None:
        self.pace.add(rows)
        if monotonic() - self.told_at >= _EVERY:
            self.told_at = monotonic()
            share = 100 * self.pace.done // self.pace.total
            counted = f"{self.pace.done:,} / {self.pace.total:,} ({share}%)"
            click.echo(f"{counted}  {self.pace.told(self.lang)}", err=True)


_PACE: Final[dict[Lang, str]] = {
    "en": "{rate:,.0f} a second, {left} left",
    "ko": "초당 {rate:,.0f}건, 남은 시간 {left}",
}


_LOOKING: Final[dict[Lang, str]] = {"en": "looking through the source", "ko": "자료를 확인하고 있습니다"}
_STARTING: Final[dict[Lang, str]] = {"en": "starting", "ko": "시작하는 중"}


def duration(seconds: float, lang: Lang) -> str:
    """In the two largest units."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if lang == "ko":
        return f"{hours}시간 {minutes}분" if hours else f"{minutes}분 {whole % 60}초" if minutes else f"{whole}초"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
