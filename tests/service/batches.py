"""Sources of a batch for its tests, and what its reports say."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.service.desk import Desk
from tests.service.running import Ran, called

Rows = list[dict[str, Any]]


def evidence(desk: Desk) -> dict[str, bytes]:
    """Files by name: what passes, what does not, and what is nothing at all."""
    sound = (desk / "rsa.der").read_bytes()
    return {
        "2026/a.der": sound,
        "2026/b.p7s": (desk / "ecdsa.der").read_bytes(),
        "2026/c.der": sound[:-4] + bytes(4),
        "cut.der": sound[:-1],
        "empty": b"",
        "large.bin": bytes(20_000),
        "revoked.der": (desk / "revoked.der").read_bytes(),
        "한글 이름.txt": b"no message",
    }


def folder_of(files: Mapping[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def tar_of(files: Mapping[str, bytes], path: Path) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def zip_of(files: Mapping[str, bytes], path: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def batch(desk: Desk, source: Path, report: Path, *options: object) -> Ran:
    return called("batch", source, "--trust", desk.trust, "--out", report, "--workers", 1, *options)


def rows(report: Path) -> Rows:
    """Of a Parquet report, without what differs each time."""
    found: Rows = pq.read_table(report).drop_columns(["microseconds"]).to_pylist()
    return found


def judged(desk: Desk, source: Path, report: Path, *options: object) -> Rows:
    """The rows of a report on a source."""
    ran = batch(desk, source, report, "--fail-on", "none", *options)
    assert ran.code == 0, ran.err
    return rows(report)
