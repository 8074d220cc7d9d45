"""Whoever calls: a program with a key, or a browser with a token for one consent."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """What a key may be made for."""

    SIGN = "sign"
    VERIFY = "verify"
    EVIDENCE = "evidence"
    FILES = "files"
    ADMIN = "admin"  # all of them


@dataclass(frozen=True)
class Caller:
    """Whoever was recognised.

    Attributes:
        name: how logs, rate limits and Idempotency-Keys tell callers apart; nothing personal.
        scopes: of a key.
        api_key: its number.
        signing: number of the one consent that a token is for.
        token: itself, to be used up.
        is_used: whether it was.
    """

    name: str
    scopes: frozenset[str] = frozenset()
    api_key: int | None = None
    signing: int | None = None
    token: str | None = field(default=None, repr=False)
    is_used: bool = False

    def may(self, scope: Scope) -> bool:
        return scope.value in self.scopes or Scope.ADMIN.value in self.scopes
