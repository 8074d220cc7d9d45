"""Each DER of a batch that did not pass, and its own report: made here, or the command that makes it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

from certs import Holder, TrustStore
from consent.errors import CodedError, Lang
from evidence.outfile import refusals
from service.inputs import read, read_up_to
from service.outputs import result
from service.terminal import visible
from verifier import Receipt, TimeStamp, VerifyPolicy, policies
from verifier.batch.origin import Origin
from verifier.batch.rows import MOST_OF_AN_ID, Row
from verifier.proofs import Proof
from verifier.reports.batch_page import OwnReport
from verifier.reports.facts import Report, report_on
from verifier.reports.html import as_html
from verifier.subject import SIGNING_TIME, At
from verifier.verdict import TimeSource

_NAME: Final = 16
"""Digits of the SHA-256 that a file is called by where a person types or reads it."""


@dataclass(frozen=True)
class Judging:
    """By what the rows were judged, as far as their table does not say it.

    Attributes:
        source: the folder that ids are paths below; None where nobody said.
        trust: the trust folder; None where nobody said.
        policy: its name; None where nobody said.
        holder: whose certificates they have to be.
    """

    source: str | None
    trust: str | None
    policy: str | None
    holder: str | None

    @property
    def rules(self) -> VerifyPolicy:
        return policies.POLICIES[self.policy or policies.KFTC.name]

    def completed(self, origin: Origin) -> Judging:
        """With what the table itself says, where nobody says otherwise."""
        return replace(self, policy=self.policy or origin.policy, holder=self.holder or origin.holder)


def commands(rows: Sequence[Row], judging: Judging, *, masked: bool) -> list[OwnReport]:
    """For each row, the command that judges it again as it was judged and writes the report."""
    return [OwnReport(command="" if masked else _command(row, judging)) for row in rows]


def _command(row: Row, judging: Judging) -> str:
    name = _path(row.id)
    if name is None or row.id != visible(row.id):  # what cannot be seen cannot be copied
        return ""
    file = str(name if judging.source is None else PurePosixPath(judging.source) / name)
    trust = "TRUST" if judging.trust is None else judging.trust
    words = ["dongui", "report", f"./{file}" if file.startswith("-") else file, "--trust", trust]
    words += ["--policy", judging.rules.name] if judging.rules is not policies.KFTC else []
    words += ["--holder", judging.holder] if judging.holder is not None else []
    match row.time_source:
        case TimeSource.CLAIMED.value:
            words += ["--at", SIGNING_TIME]
        case TimeSource.RECEIPT.value if row.verified_at is not None:
            words += ["--received-at", row.verified_at.isoformat()]
        case TimeSource.TIME_STAMP.value:
            words += ["--timestamped"]
        case _ if row.verified_at is not None:
            words += ["--at", row.verified_at.isoformat()]
    return shlex.join([*words, "-o", f"{_hash(row)[:_NAME]}.html"])


def _path(identity: str) -> PurePosixPath | None:
    """An id as a path below a folder; None for one that leads elsewhere, or is none: a table may be anybody's."""
    path = PurePosixPath(identity)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in identity:
        return None
    return None if len(identity) >= MOST_OF_AN_ID else path


def _hash(row: Row) -> str:
    """Of the DER, or of its id where it was too large to have one."""
    if row.sha256 is not None and len(row.sha256) == _DIGITS and set(row.sha256) <= _HEXADECIMAL:
        return row.sha256
    return sha256(row.id.encode()).hexdigest()


_DIGITS: Final = 64
_HEXADECIMAL: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class OwnReports:
    """Reports to be written.

    Attributes:
        folder: they go into it, each as SHA-256.html.
        beside: the folder of the page that links to them.
        trust: what the evidence is judged by.
        judging: how; its source is the folder with the evidence.
        lang, made, masked: as for the page.
    """

    folder: Path
    beside: Path
    trust: TrustStore
    judging: Judging
    lang: Lang
    made: tuple[datetime, str]
    masked: bool

    def write(self, rows: Sequence[Row]) -> Iterator[OwnReport]:
        """Judge each again as it was judged, and write the report.

        Raises:
            NotWritable: a report, or their folder.
        """
        with refusals(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        taken: set[str] = set()
        for row in rows:
            name = _unused(_hash(row), taken)
            yield self._one(row, f"{name}.html")

    def _one(self, row: Row, name: str) -> OwnReport:
        path = _path(row.id)
        if path is None:
            return OwnReport(missing="report-missing")
        file = str(Path(self.judging.source or "") / path)
        try:
            der, is_whole = read_up_to(Path(file), self.judging.rules.max_der_bytes + 1)
            proofs = list(self._proofs(row, der, file))
        except CodedError:
            return OwnReport(missing="report-missing")
        if (sha256(der).hexdigest() if is_whole else None) != row.sha256:
            return OwnReport(missing="report-changed")
        shown = f"{name.removesuffix('.html')}.der" if self.masked else row.id
        report = self._report(der, shown, row, proofs, is_whole=is_whole)
        with result(str(self.folder / name), file, private=True) as stream:
            stream.write(as_html(report, self.lang, masked=self.masked))
        indication = report.verdict.indication
        href = quote(Path(os.path.relpath(self.folder / name, self.beside)).as_posix())
        return OwnReport(href=href, outcome=None if indication is row.indication else indication)

    def _report(self, der: bytes, file: str, row: Row, proofs: Sequence[Proof], *, is_whole: bool) -> Report:
        return report_on(
            der,
            trust=self.trust,
            policy=self.judging.rules,
            at=self._at(row),
            proofs=proofs,
            holder=None if self.judging.holder is None else Holder(self.judging.holder),
            file=file,
            made_at=self.made[0],
            maker=self.made[1],
            is_whole=is_whole,
        )

    def _at(self, row: Row) -> At:
        if row.time_source == TimeSource.CLAIMED.value:
            return SIGNING_TIME
        if row.time_source != TimeSource.GIVEN.value or row.verified_at is None:
            return self.made[0]
        return row.verified_at

    def _proofs(self, row: Row, der: bytes, file: str) -> Iterator[Proof]:
        if row.time_source == TimeSource.RECEIPT.value and row.verified_at is not None:
            yield Receipt(sha256(der).digest(), row.verified_at)
        if row.time_source == TimeSource.TIME_STAMP.value:
            yield TimeStamp(read(Path(f"{file}.tsr")), self.trust)


def _unused(name: str, taken: set[str]) -> str:
    """One DER may stand in several rows, judged at several times."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found
