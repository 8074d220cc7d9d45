"""What commands that judge evidence are given: the policy, and what proves the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import click

from certs import TrustStore
from service import options
from service.errors import TimeStampTrustAlone
from service.inputs import read, receipt_time
from verifier import Receipt, TimeStamp, policies
from verifier.proofs import Proof

policy: Final = click.option(
    "--policy",
    type=click.Choice(list(policies.POLICIES)),
    default="kftc",
    show_default=True,
    help="kftc: consent evidence; cms: any signature.",
)
_OPTIONS: Final = (
    policy,
    options.judged_at("now"),
    options.holder,
    click.option("--received-at", help="When the evidence was received: an ISO 8601 time with its offset from UTC."),
    click.option("--timestamped", is_flag=True, help="Each FILE has a time-stamp (RFC 3161) beside it, FILE.tsr."),
    click.option(
        "--timestamp-trust",
        metavar="DIR",
        help="Trust folder of the time-stamping authority. Default: that of --trust.",
    ),
)


def asked(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how evidence is judged, in the order of the help."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Proofs:
    """What proves the time of the files."""

    received_at: datetime | None
    trust: TrustStore
    timestamped: bool

    @classmethod
    def open(
        cls, trust: TrustStore, received_at: str | None, timestamp_trust: str | None, *, timestamped: bool
    ) -> Proofs:
        """Take the options as they stand on the command line; `trust` is that of --trust.

        Raises:
            TimeStampTrustAlone: a trust folder for time-stamps that are not asked for.
            TimeNotUnderstood, ReceiptInTheFuture: as `receipt_time`.
        """
        if timestamp_trust is not None and not timestamped:
            raise TimeStampTrustAlone
        received = None if received_at is None else receipt_time(received_at)
        return cls(received, TrustStore.open(Path(timestamp_trust)) if timestamp_trust else trust, timestamped)

    def of(self, file: str, der: bytes) -> list[Proof]:
        proofs: list[Proof] = []
        if self.received_at is not None:
            proofs.append(Receipt(sha256(der).digest(), self.received_at))
        if self.timestamped:
            proofs.append(TimeStamp(read(f"{file}.tsr"), self.trust))
        return proofs
