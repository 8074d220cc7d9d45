"""The stand-in for a module behaves like the module."""

from __future__ import annotations

import subprocess
import sys

from tests.service.desk import Desk

PROGRAM = """
import sys
from service.deferred import defer
defer("asyncio")
import asyncio
held = asyncio
assert "asyncio.base_events" not in sys.modules
{use}
assert "asyncio.base_events" in sys.modules
assert sys.modules["asyncio"] is not held and held.run is sys.modules["asyncio"].run
"""


def runs(use: str) -> bool:
    return subprocess.run([sys.executable, "-c", PROGRAM.format(use=use)], check=False).returncode == 0


def test_any_use_loads_the_real_module() -> None:
    assert runs("asyncio.run")


def test_a_part_can_be_imported_from_it() -> None:
    assert runs("from asyncio import Queue")


def test_a_submodule_can_be_imported() -> None:
    assert runs("import asyncio.queues")


def test_a_verdict_does_not_load_it() -> None:
    program = "from service.deferred import defer; defer('asyncio');"
    program += "import verifier.path, sys; sys.exit('ssl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_what_is_loaded_already_stays() -> None:
    assert runs("asyncio.run; real = sys.modules['asyncio']; defer('asyncio'); assert sys.modules['asyncio'] is real")


def test_a_verdict_of_the_command_loads_nothing_that_fetches(desk: Desk) -> None:
    words = ["verify", str(desk / "rsa.der"), "--trust", str(desk.trust)]
    program = f"import sys; from service.root import run; assert run({words}) == 0; "
    program += "sys.exit(bool({'aiohttp', 'sansldap', 'service.fetching', 'service.shelf'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", program], check=False, stdout=subprocess.DEVNULL).returncode == 0
