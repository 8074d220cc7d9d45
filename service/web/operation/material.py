"""What the service judges and signs with, as its files are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from service.calendars import Days, calendar_of
from service.keys import open_key, to_enclose
from service.settings import Settings, SigningKeyFile
from service.vouch import TrustFolders
from service.web.operation import metrics
from service.web.operation.live import Live
from service.web.resources import ServerKey
from signer import LocalKey


@dataclass(frozen=True)
class Material:
    """Trust folders, signing keys and, where the operator has days of their own, the calendar of banks."""

    trust: Live[TrustFolders]
    keys: Live[Mapping[str, ServerKey]]
    calendar: Live[Days] | None = None

    @classmethod
    def of(cls, settings: Settings) -> Material:
        """Load them.

        Raises:
            CodedError: of whatever does not load.
        """
        trust = Live(settings.trust, lambda: TrustFolders.open(settings.trust))
        keys = Live(key_files(settings), lambda: opened(settings.keys))
        days = settings.overrides
        return cls(trust, keys, Live([days], lambda: calendar_of(days)) if days else None)

    def refresh(self) -> None:
        """Load anew what changed, and say so in the log."""
        for what, live in (("trust", self.trust), ("keys", self.keys), ("overrides", self.calendar)):
            if live is not None and live.refresh():
                fault = live.fault
                metrics.count_reload(what, taken=fault is None)
                log = structlog.get_logger()
                if fault is None:
                    log.warning("read again", what=what)
                else:
                    log.error("not read again: what was there before is in use", what=what, code=fault.code)


def key_files(settings: Settings) -> list[str]:
    return [
        file
        for one in settings.keys.values()
        for file in (one.key, one.certificate, one.password_file)
        if file is not None
    ]


def opened(files: Mapping[str, SigningKeyFile]) -> Mapping[str, ServerKey]:
    """Open every key. Raises: as `open_key`."""
    return {name: _opened(one) for name, one in files.items()}


def _opened(files: SigningKeyFile) -> ServerKey:
    pair = open_key(files.key, files.certificate, files.password_file, None)
    others = to_enclose(pair.certificate, pair.others, (), signer_only=False)
    return ServerKey(LocalKey.of(pair), tuple(others))
