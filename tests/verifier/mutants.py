"""Bits, bytes and pieces of a message changed at random places: inputs that no structure guides."""

from __future__ import annotations

import random
from collections.abc import Iterator


def mutants(der: bytes, number: int) -> Iterator[bytes]:
    """Changed in a bit, a byte, a length or a piece, always in the same ways."""
    chance = random.Random(20261122)
    for _ in range(number):
        at = chance.randrange(len(der))
        match chance.randrange(5):
            case 0:
                yield der[:at] + bytes([der[at] ^ 1 << chance.randrange(8)]) + der[at + 1 :]
            case 1:
                yield der[:at] + bytes([chance.randrange(256)]) + der[at + 1 :]
            case 2:
                yield der[:at] + der[at + 1 :]
            case 3:
                yield der[:at] + bytes([chance.choice((0, 0x30, 0x80, 0x81, 0x82, 0xFF))]) + der[at:]
            case _:
                end = at + chance.randrange(1, 20)
                yield der[:at] + der[end:] + der[at:end]
