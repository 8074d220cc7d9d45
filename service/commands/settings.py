"""`dongui settings`: the settings of the service."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.errors import NOT_PASSED, OK
from service.inputs import now
from service.settings_view import fault_json, told
from service.terminal import json_line

settings_option = click.option(
    "--settings",
    "file",
    envvar="DONGUI_SETTINGS",
    show_envvar=True,
    metavar="FILE",
    help="Settings of the service (TOML).",
)


@click.group(name="settings")
def command() -> None:
    """The settings of the service.

    docs/operation.md says what each means.
    """


@command.command(name="check")
@settings_option
@options.json_flag
@click.pass_context
def check(context: click.Context, file: str | None, as_json: bool) -> None:
    """Say everything that is wrong with the settings, and what to do about it.

    It opens the store, the keys and the trust folders, as the service would. Secrets are not shown.
    """
    from service.settings_check import checked  # noqa: PLC0415 - loads what the service needs

    lang: Lang = context.obj
    _, faults = checked(file, {}, now())
    failing = [fault for fault in faults if not fault.is_remark]
    if as_json:
        click.echo(json_line({"passed": not failing, "faults": [fault_json(fault, lang) for fault in faults]}))
    else:
        click.echo("\n".join(told(faults, lang)))
    context.exit(NOT_PASSED if failing else OK)
