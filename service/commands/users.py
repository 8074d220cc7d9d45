"""`dongui users`: who may use the console."""

from __future__ import annotations

import click

from service.commands import users_add, users_disable, users_list, users_password, users_role


@click.group(name="users")
def command() -> None:
    """Who may use the console, and as what.

    viewer sees everything with personal data masked; operator also sees those and mends; administrator also says who
    may do what. docs/console.md has more.
    """


for _one in (users_add, users_list, users_role, users_password, users_disable):
    command.add_command(_one.command)
