"""FB0120 and FB0421: what the institute says to the files that it was sent (설계서 V3.8 4.2.2, 4.6.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from evidence.check import Judged, judge, response_code
from evidence.codes import ACCEPTED
from evidence.faults import FieldError, Part, RecordError
from evidence.file_faults import CannotContinue, CutShort, NoTrailer, WrongFile
from evidence.history import NOTHING, Known
from evidence.layouts import LAYOUTS, FileLayout
from evidence.outfile import SPOOL, refusals, spooling
from evidence.writer import Written, write_file

HEADER_ECHOED: Final = ("van_code", "institution_code", "process_date", "van_id", "bank_code")
Forced = Callable[[int, Mapping[str, str]], str | None]
"""The response code that a data record is to get, by its number and its texts; None: the one that it deserves."""


@dataclass(frozen=True)
class Answered:
    """What a result file says.

    Attributes:
        written: the result file.
        records: data records of the file that was sent.
        by_code: how many of them got each code, 0000 included.
        is_sound: whether none was refused and, for FB0421, nothing that was asked for is missing.
    """

    written: Written
    records: int
    by_code: Mapping[str, int]
    is_sound: bool

    @property
    def rejected(self) -> int:
        return self.records - self.by_code.get(ACCEPTED, 0)


def nothing_forced(_number: int, _values: Mapping[str, str]) -> str | None:
    """Every record gets what it deserves."""
    return None


def answer_fb0110(
    sent: BinaryIO,
    out: BinaryIO,
    *,
    known: Known = NOTHING,
    forced: Forced = nothing_forced,
    spool_folder: Path | None = None,
) -> Answered:
    """Write the FB0120 that answers an FB0110: the refused records alone, cancellations among them, and the counts.

    A fault of header or trailer is one of every record: counts that do not agree refuse the whole file.

    Args:
        sent: FB0110; it need not be seekable.
        out: where FB0120 goes.
        known: what was accepted before.
        forced: response codes that records are to get, whatever they deserve.
        spool_folder: for a temporary file as large as `sent`.

    Raises:
        RecordError: `sent` cannot be read to its end.
        WrongFile: it is another file.
    """
    with spooling(spool_folder) as spool:
        judging = _Judging(spool, known, forced, LAYOUTS["FB0120"])
        header = judging.first_pass(sent, "FB0110")
        refused = ((values, b"") for code, values in judging.records() if code != ACCEPTED)
        written = write_file(out, LAYOUTS["FB0120"], header, refused, trailer=judging.fb0120, spool_folder=spool_folder)
    return Answered(written, judging.count, dict(judging.by_code), set(judging.by_code) <= {ACCEPTED})


def answer_fb0420(
    sent: BinaryIO,
    out: BinaryIO,
    *,
    known: Known = NOTHING,
    forced: Forced = nothing_forced,
    spool_folder: Path | None = None,
) -> Answered:
    """Write the FB0421 that answers an FB0420: every record with its code, and whether all must be sent again.

    Arguments and errors as for `answer_fb0110`. With `known.requests`, what nobody asked for gets 7126, and anything
    left out makes the file unsound (파일 정상 여부 'N').
    """
    with spooling(spool_folder) as spool:
        judging = _Judging(spool, known, forced, LAYOUTS["FB0421"])
        header = judging.first_pass(sent, "FB0420")
        answers = ((values, b"") for _, values in judging.records())
        written = write_file(out, LAYOUTS["FB0421"], header, answers, trailer=judging.fb0421, spool_folder=spool_folder)
    return Answered(written, judging.count, dict(judging.by_code), judging.fb0421()["sound"] == "Y")


class _Judging:
    """Goes over a file twice: what is wrong with the whole of it shows at its end."""

    def __init__(self, spool: IO[bytes], known: Known, forced: Forced, result: FileLayout) -> None:
        self.spool, self.known, self.forced, self.result = spool, known, forced, result
        self.of_all: list[RecordError] = []
        self.is_complete = True
        self.by_code: Counter[str] = Counter()

    @property
    def count(self) -> int:
        return self.by_code.total()

    def first_pass(self, sent: BinaryIO, wanted: str) -> dict[str, str]:
        """Keep a copy, find what is wrong with header and trailer, and give the header of the result."""
        header: dict[str, str] = {}
        for one in judge(cast(BinaryIO, _Copying(sent, self.spool)), self.known):
            _require_readable(one, wanted)
            if one.outcome.place.part is not Part.DATA:
                self.of_all += one.outcome.faults
                self.is_complete = not one.outcome.remarks
            if one.outcome.place.part is Part.HEADER:
                header = {name: one.frame.values.get(name, "") for name in HEADER_ECHOED}
        return header

    def records(self) -> Iterator[tuple[str, dict[str, str]]]:
        """The response code of each record, and its texts for the result."""
        with refusals(SPOOL):
            self.spool.seek(0)
        for one in judge(cast(BinaryIO, self.spool), self.known):
            if one.outcome.place.part is Part.DATA:
                number = one.outcome.place.number
                code = self.forced(number, one.frame.values) or response_code([*one.outcome.faults, *self.of_all])
                self.by_code[code] += 1
                yield code, self._echo(one) | {"response_code": code}

    def fb0120(self) -> dict[str, str]:
        """The trailer's counts that the refused records do not tell."""
        return {"total": str(self.count), "accepted": str(self.by_code[ACCEPTED])}

    def fb0421(self) -> dict[str, str]:
        """The trailer's texts that the answered records do not tell."""
        requests = self.known.requests
        is_sound = self.is_complete and set(self.by_code) <= {ACCEPTED}
        return {
            "requested": str(self.count if requests is None else requests.total),
            "sound": "Y" if is_sound else "N",
        }

    def _echo(self, one: Judged) -> dict[str, str]:
        """What was sent, as far as the result can hold it; a field that it cannot hold is left blank."""
        values = one.frame.values
        names = [field.name for field in self.result.data.fields if field.const is None]
        echoed = {name: values[name] if name in values else self._as_sent(one, name) for name in names}
        if not echoed["sequence"]:
            echoed["sequence"] = str(one.outcome.place.number)
        return echoed

    def _as_sent(self, one: Judged, name: str) -> str:
        sent = cast(FileLayout, one.frame.layout).data
        if name not in sent.offsets:
            return ""
        start = sent.offsets[name]
        field = self.result.data.field(name)
        try:
            return field.decode(one.frame.raw[start : start + field.width])
        except FieldError:
            return ""


class _Copying:
    """Hands out what a stream holds and keeps a copy."""

    def __init__(self, stream: BinaryIO, copy: IO[bytes]) -> None:
        self.stream, self.copy = stream, copy

    def read(self, size: int) -> bytes:
        piece = self.stream.read(size)
        with refusals(SPOOL):
            self.copy.write(piece)
        return piece


def _require_readable(one: Judged, wanted: str) -> None:
    layout = one.frame.layout
    if layout is not None and layout.code != wanted:
        raise WrongFile(wanted, layout.code)
    ends = CannotContinue | CutShort | NoTrailer
    lost = layout is None or any(isinstance(fault, ends) for fault in one.outcome.faults)
    if lost or (one.outcome.place.part is Part.HEADER and "process_date" not in one.frame.values):
        raise one.outcome.faults[0]
