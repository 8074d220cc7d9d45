"""Fixtures that every folder's tests share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import asn1crypto.tsp  # noqa: F401 - else asn1crypto knows its content type only if nobody asked for one before
import pytest
from hypothesis import HealthCheck, settings

from certs.demo import DemoPki, build_demo_pki

# How fast examples are made depends on what else the machine does, and says nothing about what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

BUILT_AT: Final = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def pki() -> DemoPki:
    """Return the demo PKI, built for 2026-06-01T00:00:00Z; its certificates and CRLs are valid around that time."""
    return build_demo_pki(at=BUILT_AT)
