"""How old the revocation lists of the trust folders are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from certs import Revocation
from consent.errors import CodedError
from service.holdings import holdings
from service.settings_faults import ListEnded, ListEndsSoon
from service.vouch import TrustFolders


class ListTimes(NamedTuple):
    """A list that counts: the newest of its issuer and scope.

    Attributes:
        folder: which of the trust folders, from 1.
        place: its file below the folder.
        issued: thisUpdate.
        ends: nextUpdate.
        is_needed: whether verdicts ask for it.
    """

    folder: int
    place: str
    issued: datetime
    ends: datetime
    is_needed: bool


def list_times(trust: TrustFolders, at: datetime) -> list[ListTimes]:
    """Read the times of all lists; to be done once for each state of the folders."""
    return [
        ListTimes(number, item.place, item.begins, item.ends, store.settings.revocation is Revocation.REQUIRE)
        for number, store in enumerate(trust.stores, 1)
        for item in holdings(store, at)
        if item.begins is not None and item.ends is not None
    ]


def list_faults(times: Sequence[ListTimes], at: datetime, warning: timedelta) -> Iterator[tuple[CodedError, bool]]:
    """What is to be said about them, and whether it is a remark only."""
    for one in times:
        if one.ends < at:
            yield ListEnded(one.place, one.ends.isoformat()), not one.is_needed
        elif one.ends - at < min(warning, (one.ends - one.issued) / 4):
            yield ListEndsSoon(one.place, one.ends.isoformat()), True
