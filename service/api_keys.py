"""What the commands about API keys have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from consent.errors import CodedError, Lang
from service.outputs import tell

if TYPE_CHECKING:
    from evidence.store.api_keys import NewKey

SCOPES: Final = ("sign", "verify", "evidence", "files", "admin")

name_argument = click.argument("name", metavar="NAME")
days_option = click.option(
    "--days", type=click.IntRange(1, 3650), default=365, show_default=True, metavar="N", help="Days that it holds."
)


class ScopeUnknown(CodedError):
    """There is no such scope."""

    code = "SVC-228"

    def __init__(self, scope: str) -> None:
        super().__init__(scope=scope[:20], choices=", ".join(SCOPES))


def scopes_of(text: str) -> list[str]:
    """Scopes between commas. Raises: ScopeUnknown."""
    scopes = [one.strip() for one in text.split(",")]
    for one in scopes:
        if one not in SCOPES:
            raise ScopeUnknown(one)
    return scopes


def tell_new(made: NewKey, lang: Lang, *, as_json: bool) -> None:
    """Tell a new key and its secret, this once."""
    told = {
        "name": made.key.name,
        "kind": made.key.kind,
        "scopes": " ".join(sorted(made.key.scopes)),
        "expires_at": made.key.expires_at,
        "secret": made.secret,
    }
    tell(told, _LINE[lang], as_json=as_json)


_LINE: Final[dict[Lang, str]] = {
    "en": "✔ {name} ({scopes})\n  {secret}\n  Keep it now: it is not shown again, and nobody can look it up.",
    "ko": "✔ {name} ({scopes})\n  {secret}\n  지금 안전한 곳에 보관하십시오. 다시 표시할 수 없습니다.",
}
