"""`dongui fix`: what stands still, and how it goes on."""

from __future__ import annotations

import click

from service.commands import (
    fix_amend,
    fix_close,
    fix_done,
    fix_evidence,
    fix_list,
    fix_receipt,
    fix_requeue,
    fix_withdraw,
)
from service.default_command import WithDefault


@click.group(name="fix", cls=WithDefault)
def command() -> None:
    """What stands still until somebody does something, and the commands that do it; alone, it lists that."""


for _one in (fix_list, fix_requeue, fix_amend, fix_evidence, fix_withdraw, fix_receipt, fix_done, fix_close):
    command.add_command(_one.command)
