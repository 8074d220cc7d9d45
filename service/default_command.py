"""A group of commands one of which is meant when none is named."""

from __future__ import annotations

import click


class WithDefault(click.Group):
    """`dongui fix` is `dongui fix list`, and so is `dongui fix --json`."""

    default = "list"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        if first not in self.commands and first not in self.get_help_option_names(ctx):
            args = [self.default, *args]
        return super().parse_args(ctx, args)
