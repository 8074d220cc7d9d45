"""`dongui institute`: the other side, for rehearsals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, Final

import click

from consent.errors import Lang
from evidence.file_faults import WrongFile
from evidence.history import Known, Requests
from evidence.institute import Answered, Scenario, answer_fb0110, answer_fb0221, answer_fb0420
from evidence.outfile import refusals, writing
from service import options
from service.accepted import accepted_before
from service.errors import OutputIsInput
from service.inputs import read, reading
from service.seekable import seekable
from service.terminal import json_line, visible

RESULTS: Final = {"FB0110": "FB0120", "FB0420": "FB0421", "FB0221": "FB0222"}


@click.command(name="institute")
@click.argument("scenario", metavar="SCENARIO.json")
@click.argument("sent", metavar="[SENT]...", nargs=-1)
@click.option("-o", "--out", "folder", required=True, metavar="FOLDER", help="Where the files go.")
@click.option("--request", metavar="FB0410", help="What an FB0420 answers. Default: the FB0410 of the scenario.")
@options.accepted
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    scenario: str,
    sent: tuple[str, ...],
    folder: str,
    request: str | None,
    accepted: str | None,
    as_json: bool,
) -> None:
    """REHEARSAL ONLY: play the clearing institute and the banks.

    Writes what the scenario lists (FB0410, FB0211, FB0320, FB0620, FB0933) and answers what was sent: FB0110 with
    FB0120, FB0420 with FB0421, FB0221 with FB0222. No file of it may ever be taken for a real one.
    """
    lang: Lang = context.obj
    plan = Scenario.parse(read(scenario), scenario)
    target = Path(folder)
    inputs = [file for file in (scenario, *sent, request, accepted) if file is not None]
    with ExitStack() as stack:
        received = [_received(stack.enter_context(seekable(file)), file) for file in sent]
        before = None if accepted is None else accepted_before(accepted)
        made = [_made(code, plan, _free(target / code, inputs)) for code in plan.files]
        if request is None and "FB0410" in plan.files:
            request = str(target / "FB0410")
        known = Known(before, _requests(request))
        made += [_answered(code, plan, stream, _free(target / code, inputs), known) for code, stream in received]
    if as_json:
        click.echo(json_line(made))
        return
    for one in made:
        click.echo(_LINES[lang][len(one) > 4].format_map(one | {"file": visible(one["file"])}))
    click.echo(f"  ! {_REHEARSAL[lang]}", err=True)


def _made(code: str, plan: Scenario, path: Path) -> dict[str, Any]:
    with _placed(path) as out:
        written = plan.make(code, out)
    return {"file": str(path), "code": code, "records": written.records, "sha256": written.sha256.hex()}


def _received(stream: BinaryIO, file: str) -> tuple[str, BinaryIO]:
    """Which file answers it, and the stream at its start again."""
    code = RESULTS.get(stream.read(7)[1:].decode("latin-1"))
    if code is None:
        raise WrongFile(", ".join(RESULTS), visible(file))
    stream.seek(0)
    return code, stream


def _answered(code: str, plan: Scenario, stream: BinaryIO, path: Path, known: Known) -> dict[str, Any]:
    with _placed(path) as out:
        return {"file": str(path), "code": code, **_answer(code, plan, stream, out, known)}


@contextmanager
def _placed(path: Path) -> Iterator[BinaryIO]:
    with refusals(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    with writing(path) as out:
        yield out


def _answer(code: str, plan: Scenario, stream: BinaryIO, out: BinaryIO, known: Known) -> dict[str, Any]:
    if code == "FB0222":
        written = answer_fb0221(stream, out, day=plan.head.day, processed=plan.processed)
        return {"records": written.records, "sha256": written.sha256.hex()}
    answering = answer_fb0110 if code == "FB0120" else answer_fb0420
    answered: Answered = answering(stream, out, known=known, forced=plan.forced(code))
    return {
        "records": answered.records,
        "sha256": answered.written.sha256.hex(),
        "rejected": answered.rejected,
        "by_code": dict(sorted(answered.by_code.items())),
        "sound": answered.is_sound,
    }


def _free(path: Path, inputs: list[str]) -> Path:
    if any(Path(file).exists() and path.exists() and path.samefile(file) for file in inputs):
        raise OutputIsInput(str(path))
    inputs.append(str(path))  # two answers of one kind would take each other's place
    return path


def _requests(file: str | None) -> Requests | None:
    with nullcontext() if file is None else reading(file) as stream:
        return None if stream is None else Requests.read(stream)


_REHEARSAL: Final[dict[Lang, str]] = {
    "en": "a rehearsal: none of these files comes from the clearing institute or a bank",
    "ko": "예행연습용입니다. 통합기관이나 금융회사가 보낸 파일이 아닙니다.",
}
_LINES: Final[dict[Lang, tuple[str, str]]] = {
    "en": (
        "✔ {file}: {records} records",
        "✔ {file}: of {records} records sent, {rejected} refused",
    ),
    "ko": (
        "✔ {file}: 데이터 레코드 {records}건",
        "✔ {file}: 수신 {records}건 가운데 오류 {rejected}건",
    ),
}
