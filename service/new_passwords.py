"""A new password of a console's user, from a file, the environment, or the terminal."""

from __future__ import annotations

from typing import Final

import click

from consent.errors import Lang
from service.inputs import secret, typed_unseen

VARIABLE: Final = "DONGUI_CONSOLE_PASSWORD"

password_option = click.option(
    "--password-file",
    metavar="FILE",
    help=f"Password in its first line; else {VARIABLE}, else asked for.",
)
role_type = click.Choice(["viewer", "operator", "administrator"])


def new_password(file: str | None, lang: Lang) -> str:
    """The password; it is never an argument.

    Raises:
        InputUnreadable: the file cannot be read.
        NewPasswordMissing: there is none.
    """
    from service.web.console.faults import NewPasswordMissing  # noqa: PLC0415 - loads Flask

    label, again = _LABELS[lang]
    word = secret(file, VARIABLE) or typed_unseen(label, again=again)
    if not word:
        raise NewPasswordMissing
    return word


_LABELS: dict[Lang, tuple[str, str]] = {
    "en": ("New password", "Again"),
    "ko": ("새 비밀번호", "한 번 더"),
}
