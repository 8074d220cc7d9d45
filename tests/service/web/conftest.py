"""A service of each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.web import ServiceSettings
from tests.evidence.conftest import address, postgresql
from tests.service.desk import Desk
from tests.service.web_service import WebService, web_service

__all__ = ["address", "postgresql"]


@pytest.fixture
def service(desk: Desk, tmp_path: Path) -> Iterator[WebService]:
    """Return a service on SQLite, with an outbox, and pages of shop.example let in."""
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    settings = ServiceSettings(rate_limit="", origins=frozenset({"https://shop.example"}), outbox=str(outbox))
    made = web_service(desk, tmp_path, settings)
    yield made
    made.resources.close()
