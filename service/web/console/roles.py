"""What people may do on the console: each role may do what those before it may."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from consent.errors import Lang


class Role(StrEnum):
    """viewer: see everything, masked. operator: see personal data, mend. administrator: also say who may do what."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"

    def allows(self, needed: Role) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(needed)

    def told(self, lang: Lang) -> str:
        return _KOREAN[self] if lang == "ko" else self.value


_KOREAN: Final[dict[Role, str]] = {Role.VIEWER: "조회자", Role.OPERATOR: "담당자", Role.ADMINISTRATOR: "관리자"}
