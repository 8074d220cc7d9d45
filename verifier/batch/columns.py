"""What goes into a batch and what comes out, as Arrow schemas: the one place where their columns stand.

A row of the result says all that a listing, a summary or a report needs; the whole verdict of a DER is what
`dongui report` is for.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

_TIME: Final = pa.timestamp("s", tz="UTC")

EVIDENCE: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),  # the caller's own: a path, a row's key; unique within one batch
        pa.field("der", pa.binary()),  # null where its bytes could not be had
        pa.field(
            "received_at", pa.timestamp("us", tz="UTC")
        ),  # on record with the caller: counts as a receipt; the column may be missing
    ]
)

VERDICTS: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("indication", pa.string(), nullable=False),  # TOTAL_PASSED, INDETERMINATE or TOTAL_FAILED
        pa.field("codes", pa.list_(pa.string()), nullable=False),  # of what speaks against it: sorted, each once
        pa.field("remarks", pa.list_(pa.string()), nullable=False),  # codes of all that passed: sorted, each once
        pa.field("not_run", pa.list_(pa.string()), nullable=False),  # checks not carried out; `input`: none of them
        pa.field("sha256", pa.string()),  # hexadecimal; null where the bytes could not be had, or are too many
        pa.field("size", pa.int64()),  # bytes of the DER; null as for sha256
        pa.field("verified_at", _TIME),  # the time the certificate was judged at
        pa.field("time_source", pa.string()),  # given, signing-time (a claim, unproven), time-stamp or receipt
        pa.field("signing_time", _TIME),  # the signer's claim
        pa.field("signer", pa.string()),  # subject of the signer's certificate, RFC 4514
        pa.field("issuer", pa.string()),  # its issuer, RFC 4514
        pa.field("serial_number", pa.string()),  # hexadecimal
        pa.field("not_before", _TIME),
        pa.field("not_after", _TIME),
        pa.field("key", pa.string()),  # as `RSA 2048`, `P-256`
        pa.field("product", pa.string()),  # the first policy OID of the signer's certificate
        pa.field("microseconds", pa.int64()),  # what judging it took
    ]
)
