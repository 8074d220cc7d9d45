"""What a table of verdicts says about the batch it is of: a Parquet file keeps it in its metadata."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet

from certs import Holder
from verifier.batch.table import opened
from verifier.policies import POLICIES
from verifier.verdict import Indication

_KEY: Final = b"dongui.batch"
_LONGEST: Final = 10_000
_CODE: Final = re.compile(r"[A-Z]{3}-[0-9]{3}")


@dataclass(frozen=True)
class Origin:
    """How its rows were judged, and which of all they are; None and nothing where the table does not say.

    Attributes:
        policy: name of the policy.
        holder: whose certificates they had to be.
        rows: how many were judged.
        only: what the table was narrowed to: outcomes and codes.
        sample: how many were picked at random to be judged.
    """

    policy: str | None = None
    holder: str | None = None
    rows: int | None = None
    only: tuple[str, ...] = ()
    sample: int | None = None


UNSAID: Final = Origin()


def origin_of(table: Path | BinaryIO) -> Origin:
    """Read it from a file that may be anybody's and of any form; what is not as it must be is not said."""
    try:
        with opened(table) if isinstance(table, Path) else nullcontext(table) as source:
            metadata = pa.parquet.read_schema(source).metadata or {}
        about = json.loads(metadata[_KEY][:_LONGEST])
        named, picked = about.get("only"), (about.get(name) for name in ("rows", "sample"))
    except (pa.ArrowException, OSError, KeyError, ValueError, RecursionError, AttributeError):
        return UNSAID
    rows, sample = (one if type(one) is int and one >= 0 else None for one in picked)
    return Origin(
        policy=_known(about.get("policy"), POLICIES),
        holder=_known(about.get("holder"), [holder.value for holder in Holder]),
        rows=rows,
        only=tuple(filter(_is_narrowing, named[:20])) if isinstance(named, list) else (),
        sample=sample,
    )


def _is_narrowing(value: object) -> bool:
    return isinstance(value, str) and (value in Indication.__members__ or _CODE.fullmatch(value) is not None)


def _known(value: object, names: Any) -> str | None:  # noqa: ANN401 - anything that has names
    return value if isinstance(value, str) and value in names else None
