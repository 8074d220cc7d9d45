"""How much is measured: the forms that `python -m bench` has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Extent:
    """How much of everything.

    Attributes:
        rounds: how often everything takes its turn.
        consents: in each round.
        slow_consents: in each round, for those that take milliseconds for one.
        signatures: in each round.
        revoked: entries of each of the three lists.
        payers_each: of each of the three authorities; making RSA keys takes its time.
        sizes: how many consents are judged one after the other, to see whether one costs the same among many.
        parts: in how many of them each but the smallest.
        long_list: entries of each list where memory and opening are measured, a million in all; None for `revoked`.
        starts: how often the command is started.
        records: of the FB0110 that is written and read.
    """

    rounds: int
    consents: int
    slow_consents: int
    signatures: int
    revoked: int
    payers_each: int
    sizes: tuple[int, ...]
    parts: int
    long_list: int | None
    starts: int
    records: int


FORMS: Final[Mapping[str, Extent]] = MappingProxyType(
    {
        "smoke": Extent(1, 6, 2, 4, 50, 1, (2, 4), 1, None, 1, 300),
        "short": Extent(7, 500, 20, 50, 100_000, 16, (1_000, 10_000), 2, None, 9, 20_000),
        "long": Extent(15, 1_000, 50, 50, 100_000, 16, (1_000, 10_000, 100_000), 10, 333_334, 15, 100_000),
        "longest": Extent(
            15, 1_000, 50, 50, 100_000, 16, (1_000, 10_000, 100_000, 1_000_000), 10, 333_334, 15, 100_000
        ),
    }
)
