"""`dongui timestamp`: have evidence time-stamped."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import click

from certs import TrustStore
from consent.errors import CodedError, Lang
from service import options
from service.errors import NOT_PASSED, OK, show
from service.inputs import now, read
from service.outputs import result
from service.terminal import json_line, visible
from verifier import policies


@click.command(name="timestamp")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--url", required=True, help="Address of the time-stamping authority, http or https.")
@click.option("--trust", required=True, metavar="DIR", help="Trust folder of the time-stamping authority.")
@options.seconds
@options.json_flag
@click.pass_context
def command(context: click.Context, files: tuple[str, ...], url: str, trust: str, seconds: int, as_json: bool) -> None:
    """Have evidence time-stamped (RFC 3161): each FILE's time-stamp lies beside it then, in FILE.tsr.

    Only the SHA-256 of the file is sent. Kept is only what proves a time by the trust folder. A FILE that has a
    time-stamp keeps it: none is earlier. `dongui verify --timestamped` uses them.
    """
    lang: Lang = context.obj
    store = TrustStore.open(Path(trust))
    codes = [_stamp(file, url, store, seconds, lang, as_json=as_json) for file in files]
    context.exit(max(codes))


def _stamp(file: str, url: str, trust: TrustStore, seconds: int, lang: Lang, *, as_json: bool) -> int:
    from service.fetch_faults import FetchFault  # noqa: PLC0415
    from service.stamping import stamped  # noqa: PLC0415 - its libraries are slow to load, and nobody else needs them

    out, state, fault = f"{file}.tsr", "unchanged", None
    der = read(file, policies.CMS.max_der_bytes)
    if not Path(out).exists():
        try:
            response = asyncio.run(stamped(der, url, trust, seconds, now))
        except FetchFault as error:
            error.add_note(file)
            state, fault = "failed", error
        else:
            with result(out, file) as stream:
                stream.write(response)
            state = "new"
    if as_json:
        click.echo(json_line({"file": file, "timestamp": out, "state": state, "fault": fault and _told(fault, lang)}))
    elif fault is None:
        click.echo(f"✔ {visible(out)}  {_STATES[lang][state]}")
    if fault is not None:
        show(fault, lang)
    return OK if fault is None else NOT_PASSED


_STATES: Final[dict[Lang, dict[str, str]]] = {
    "en": {"new": "new", "unchanged": "there already, unchanged"},
    "ko": {"new": "새로 받음", "unchanged": "이미 있으므로 그대로 둠"},
}


def _told(fault: CodedError, lang: Lang) -> dict[str, str]:
    return {"code": fault.code, "message": fault.message(lang), "remedy": fault.remedy(lang)}
