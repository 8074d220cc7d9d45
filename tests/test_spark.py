"""examples/spark_verify.py: what Spark would run over its record batches, without Spark."""

from __future__ import annotations

import pickle
import re
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from certs.demo import DemoPki
from consent import Charset, ConsentText
from examples.spark_verify import SPARKS, judging, spark_schema
from signer import LocalKey, sign_consent
from tests.conftest import BUILT_AT
from verifier.batch import asking
from verifier.batch.faults import TrustChanged


@pytest.fixture
def trust(pki: DemoPki, tmp_path: Path) -> Path:
    for place in ("anchors", "intermediates", "crls"):
        (tmp_path / "trust" / place).mkdir(parents=True)
        for number, item in enumerate(getattr(pki.trust(), place)):
            (tmp_path / "trust" / place / f"{number}.der").write_bytes(item.der)
    return tmp_path / "trust"


def test_batches_of_evidence_become_batches_of_verdicts(pki: DemoPki, trust: Path) -> None:
    """Times count too: what was received before its certificate ended is judged as of then."""
    der = sign_consent(ConsentText.of("동의합니다.", Charset.UTF_8), LocalKey.of(pki.payers["rsa"]), at=BUILT_AT)
    received = pa.array([BUILT_AT, None], pa.timestamp("us", tz="UTC"))
    batches = [
        pa.record_batch({"id": pa.array([1, 2]), "region": ["a", "b"], "der": [der, der[:-1]]}),
        pa.record_batch({"der": pa.array([der, None], pa.large_binary()), "id": ["3", "4"], "received_at": received}),
    ]
    done = list(judging(trust, BUILT_AT + timedelta(days=3650))(batches))
    assert [batch.schema for batch in done] == [SPARKS, SPARKS]
    rows = [(row["id"], row["indication"], row["time_source"]) for batch in done for row in batch.to_pylist()]
    assert rows == [
        ("1", "TOTAL_FAILED", "given"),
        ("2", "TOTAL_FAILED", "given"),
        ("3", "TOTAL_PASSED", "receipt"),
        ("4", "INDETERMINATE", None),
    ]


def test_an_executor_that_sees_another_trust_folder_refuses(trust: Path) -> None:
    judged = judging(trust, BUILT_AT)
    (trust / "trust.toml").write_text("kinds = [2]\n", encoding="ascii")
    asking._opened.clear()
    with pytest.raises(TrustChanged):
        list(judged([pa.record_batch({"id": ["1"], "der": [b"x"]})]))


def test_every_column_has_a_type_that_spark_knows() -> None:
    named = dict(one.split(" ") for one in spark_schema().split(", "))
    assert list(named) == SPARKS.names
    assert set(named.values()) == {"string", "bigint", "timestamp", "array<string>"}
    assert all(re.search("_at$|_time$|^not_", name) for name, kind in named.items() if kind == "timestamp")
    assert pickle.loads(pickle.dumps(SPARKS)) == SPARKS
