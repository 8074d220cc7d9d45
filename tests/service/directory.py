"""A real LDAP directory on this machine: OpenLDAP's slapd with a configuration of its own, on a free port."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

SLAPD: Final = shutil.which("slapd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
SCHEMA: Final = Path("/etc/ldap/schema/core.schema")
needs_slapd: Final = pytest.mark.skipif(
    SLAPD is None or not SCHEMA.is_file(), reason="Debian's slapd is not installed (make tools)"
)

BASE: Final = "o=Dongui,c=KR"
_CONFIGURATION: Final = """\
include {schema}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
{more}
database mdb
suffix "{base}"
maxsize 268435456
directory {folder}/data
"""
_ORGANIZATION: Final = f"dn: {BASE}\nobjectClass: organization\no: Dongui\n"

Entries = Mapping[str, Mapping[str, bytes | str]]
"""Attributes by the name of the entry below `BASE`; text has a value a line."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def directory(folder: Path, port: int, entries: Entries, more: str = "") -> Iterator[None]:
    """Let a directory with these entries answer on the port; `more` are lines of its configuration."""
    assert SLAPD is not None
    (folder / "data").mkdir(parents=True)
    configuration = folder / "slapd.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, base=BASE, schema=SCHEMA, more=more))
    slapd = shutil.copy(SLAPD, folder / "slapd")  # where AppArmor guards it, the installed one reads nothing of ours
    (folder / "entries.ldif").write_text(_ORGANIZATION + "".join(_ldif(*entry) for entry in entries.items()))
    add = [slapd, "-T", "add", "-f", str(configuration), "-l", str(folder / "entries.ldif")]
    added = subprocess.run(add, check=False, capture_output=True)
    assert added.returncode == 0, added.stderr
    command = [slapd, "-d", "0", "-f", str(configuration), "-h", f"ldap://127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            _wait_for(port, running)
            yield
        finally:
            running.terminate()


def _ldif(name: str, attributes: Mapping[str, bytes | str]) -> str:
    lines = [f"dn: {name},{BASE}"]
    for attribute, value in attributes.items():
        if isinstance(value, bytes):
            lines.append(f"{attribute}:: {base64.b64encode(value).decode()}")
        else:
            lines += [f"{attribute}: {one}" for one in value.split("\n")]
    return "\n" + "\n".join(lines) + "\n"


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        assert running.poll() is None, "slapd ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("slapd does not answer")
