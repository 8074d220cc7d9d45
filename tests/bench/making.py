"""Figures that nobody measured, round enough to be recomputed in one's head."""

from __future__ import annotations

from typing import Final

from bench.results import Results

RESULTS: Final = Results(
    form="short",
    machine={"date": "2026-06-01", "processor": "A & B <fast>", "OpenSSL of the C part": "OpenSSL 3.0.19 27 Jan 2026"},
    consents=500,
    revoked=100_000,
    judging={
        "rsa": {
            "floor": [50.0, 60.0, 50.0],
            "dongui": [100.0, 120.0, 100.0],
            "dongui-no-crl": [99.0, 99.0, 99.0],
            "cms": [250.0, 300.0, 250.0],
            "cms-crl": [5000.0, 6000.0, 5000.0],
            "pyhanko": [2100.0, 2520.0, 2100.0],
            "openssl": [4200.0, 4200.0, 4200.0],
        },
        "p256": {"floor": [100.0], "dongui": [250.0], "dongui-no-crl": [250.0], "pyhanko": [5000.0]},
    },
    signing={
        "rsa": {"raw": [450.0], "unchecked": [500.0], "sign_consent": [530.0]},
        "p256": {"raw": [33.0], "unchecked": [66.0], "sign_consent": [150.0]},
    },
    cores={"one": [100.0], "all": [50.0]},
    core_count=2,
    files={"certificate": [10.0], "key": [50_000.0], "pkcs12": [60_000.0]},
    sizes={
        1_000: {"microseconds": 100.0, "of_smallest": 1.0, "peak_bytes": 100e6},
        10_000: {"microseconds": 93.0, "of_smallest": 0.93, "peak_bytes": 101e6},
    },
    opening={
        "open-new": 2e6,
        "open-again": 0.4e6,
        "first-verdict-new": 3e5,
        "first-verdict-again": 2e5,
        "peak_bytes": 250e6,
    },
    opening_revoked=333_334,
    starting={"import": [100_000.0], "verify": [300_000.0]},
    records={"copy": [5.0], "write": [15.0], "read": [25.0]},
    record_count=20_000,
    records_peak_bytes=60e6,
)
