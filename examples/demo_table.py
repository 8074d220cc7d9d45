"""What the demo made, read back from disk, judged by OpenSSL too, and shown as a table."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from evidence import DataRecord, check, decode_lines, encode_lines, read_file, to_line, writing
from examples.demo_exchange import Signed


@dataclass(frozen=True)
class Row:
    """One file of the demo: its name, what it is, what was found, and whether both we and OpenSSL are content.

    `openssl` is None where OpenSSL has nothing to say about the file, or is not at hand.
    """

    name: str
    made: str
    outcome: str
    good: bool
    openssl: bool | None = None

    @property
    def sound(self) -> bool:
        return self.good and self.openssl is not False


def judged(signed: list[Signed], folder: Path) -> Iterator[Row]:
    for one in signed:
        made = f"{one.charset.value}, {len(one.der):,} bytes"
        outcome = one.verdict.indication.name
        yield Row(f"{one.name}.der", made, outcome, outcome == "TOTAL_PASSED", openssl_agrees(folder, one.name))


def files(signed: list[Signed], folder: Path) -> Iterator[Row]:
    """What the finished files say, read back from disk."""
    originals = {hashlib.sha256(one.der).digest() for one in signed}
    for name in ("FB0110", "FB0410", "FB0420"):
        path = folder / name
        with path.open("rb") as stream:
            report = check(stream)
        with path.open("rb") as stream:
            data = [item for item in read_file(stream) if isinstance(item, DataRecord)]
        again = comes_back(path)
        said = ", ".join(f"{code} × {count}" for code, count in sorted(report.by_code.items()))
        outcome = f"{said}; decode → encode {_BYTES_ARE[again]}"
        same = True
        if name in CARRIERS:
            same = {hashlib.sha256(item.evidence).digest() for item in data if item.evidence} == originals
            outcome += f", evidence {_BYTES_ARE[same]}"
        made = f"{len(data)} records, {path.stat().st_size:,} bytes"
        yield Row(name, made, outcome, report.sound and same and again)


CARRIERS: Final = frozenset({"FB0110", "FB0420"})  # FB0410 asks for evidence and carries none
_BYTES_ARE: Final = {True: "identical", False: "DIFFER"}


def comes_back(path: Path) -> bool:
    """Whether decoding and encoding give the same bytes."""
    copy = path.with_name(f".{path.name}.again")
    with path.open("rb") as stream, writing(copy) as out:
        encode_lines((to_line(record) for record in decode_lines(stream)), out)
    same = copy.read_bytes() == path.read_bytes()
    copy.unlink()
    return same


def openssl_agrees(folder: Path, name: str) -> bool | None:
    """What `openssl cms -verify` says, given the root alone, the text byte for byte; None without openssl."""
    if shutil.which("openssl") is None:
        return None
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", f"{name}.der", "-CAfile", "root.pem"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.returncode == 0 and done.stdout == (folder / f"{name}.txt").read_bytes()


def show(console: Console, rows: list[Row], folder: Path, password: str) -> None:
    table = Table(title=f"Dongui demo: {folder}", title_justify="left")
    for column in ("file", "what", "outcome", "openssl"):
        table.add_column(column, overflow="fold")
    for row in rows:
        mark = "✔" if row.good else "✘"
        peer = {True: "✔ agrees", False: "✘ refuses", None: "not at hand"}[row.openssl]
        table.add_row(row.name, row.made, f"{mark} {row.outcome}", peer if row.name.endswith(".der") else "")
    console.print(table)
    console.print("One request of FB0410 is about a consent that nobody gave; FB0420 answers it with 'N'.")
    console.print(
        f"Trust folder: {folder}/trust   keys: {folder}/keys (password: {password})   root: {folder}/root.pem"
    )
    console.print(f"Reports for people, HTML and PDF: {folder}/reports")
    console.print(f"Try: .venv/bin/dongui verify {folder}/*.der --trust {folder}/trust")
    console.print(f"     .venv/bin/dongui npki list {folder}/NPKI --unmask")
