"""The store's tables.

Times are text, ISO 8601 in UTC with microseconds, so that they sort alike in every database; days are dates. What is
personal stands in `sealed` alone (`evidence.store.sealing`), and as keyed hashes where it has to be found again.
Numbers of consents, evidence and files are given here, one after another, under the lock of `log_head`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

ID: Final = BigInteger().with_variant(Integer(), "sqlite")  # there, the row's own number
METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SETTING: Final = Table(
    "setting",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What holds for the whole store: how files are handed in, the check value of its keys, and which key seals."""

SEALING_KEY: Final = "sealing_key"
"""Name of the setting that says under which key everybody seals what they write."""

LOG: Final = Table(
    "log",
    METADATA,
    Column("seq", ID, primary_key=True, autoincrement=False),  # 1, 2, 3 … without a gap
    Column("at", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("consent_id", BigInteger, index=True),
    Column("file_id", BigInteger, index=True),
    Column("details", Text, nullable=False),  # JSON; nothing personal
    Column("digest", LargeBinary, nullable=False),  # SHA-256 over the row before and this one
)
"""Everything that ever happened, in order; rows are only added."""

LOG_HEAD: Final = Table(
    "log_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),  # HMAC-SHA256 under the store's key, over number and digest
    CheckConstraint("id = 1", name="one_row"),
)
"""The last row of the log; whoever writes to the store locks this row first."""

EVIDENCE: Final = Table(
    "evidence",
    METADATA,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("kind", Text, nullable=False),  # 증빙구분 "1" to "7"
    Column("extension", Text, nullable=False),
    Column("place", Text, nullable=False),  # "database", or "files": in the folder or object store
    Column("key_id", Text, nullable=False, index=True),
    Column("sealed", LargeBinary),  # the evidence itself; none where it is in files
    Column("added_at", Text, nullable=False),
    Column("received_at", Text),  # where somebody else received it before, as its first verdict says
    Column("indication", Text),  # of the last verdict; none for kinds that are not judged
    Column("judged_at", Text),
)
"""Evidence by its SHA-256: added once, never changed."""

VERDICT: Final = Table(
    "verdict",
    METADATA,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("evidence_id", ForeignKey("evidence.id"), nullable=False, index=True),
    Column("judged_at", Text, nullable=False),
    Column("verified_at", Text, nullable=False),  # the time that the verdict is about
    Column("indication", Text, nullable=False),
    Column("codes", Text, nullable=False),  # of what speaks against it, separated by spaces
    Column("policy", Text, nullable=False),
)
"""Every verdict there ever was on a piece of evidence."""

EVIDENCE_ISSUER: Final = Table(
    "evidence_issuer",
    METADATA,
    Column("evidence_id", ForeignKey("evidence.id"), primary_key=True),
    Column("issuer", LargeBinary, primary_key=True),  # SHA-256 of an issuer's name in DER
    Index("ix_evidence_issuer_issuer", "issuer"),
)
"""Who issued the certificates that evidence hangs on: whom a new list of theirs touches."""

CONSENT: Final = Table(
    "consent",
    METADATA,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("identity", LargeBinary, nullable=False),  # keyed hash of what tells consents apart (4.7.1 대사키)
    Column("live", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text),  # response or failure code that the state came with
    Column("service_kind", Text, nullable=False),  # 서비스종류코드, "3" firm banking
    Column("institution_code", Text, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("payer_hash", LargeBinary, nullable=False, index=True),  # keyed hashes, for searching
    Column("account_hash", LargeBinary, nullable=False, index=True),
    Column("holder_hash", LargeBinary, nullable=False, index=True),
    Column("applied_on", Date, nullable=False),
    Column("evidence_id", ForeignKey("evidence.id"), index=True),
    Column("file_id", ForeignKey("file.id"), index=True),  # the file that it was last handed in with
    Column("record_number", BigInteger),  # and its number there
    Column("ended_on", Date),
    Column("successor_id", ForeignKey("consent.id")),  # after a change of account, or amended
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("key_id", Text, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),  # JSON: holder's id, payer and account number …
    Index(
        "uq_consent_live_identity", "identity", unique=True, sqlite_where=text("live"), postgresql_where=text("live")
    ),
    Index("ix_consent_state", "state", "institution_code", "bank_code"),
    Index("ix_consent_identity", "identity"),
)
"""Consents; of one identity only one is live at a time."""

FILE: Final = Table(
    "file",
    METADATA,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False),  # FB0110 …
    Column("direction", Text, nullable=False),  # "out" or "in"
    Column("state", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("process_date", Date, nullable=False),
    Column("institution_code", Text, nullable=False),  # of the header; "" in integrated processing
    Column("bank_code", Text, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("size", BigInteger),  # out: none until it is in the outbox
    Column("sha256", LargeBinary),
    Column("header", Text, nullable=False),  # JSON of its texts
    Column("trailer", Text, nullable=False),
    Column("answers_id", ForeignKey("file.id"), index=True),  # the file this one answers
    Column("created_at", Text, nullable=False),
    Column("done_at", Text),
    Index("ix_file_code_state", "code", "state"),
    Index("ix_file_sha256", "sha256"),
)
"""Files that were sent or taken in."""

FILE_RECORD: Final = Table(
    "file_record",
    METADATA,
    Column("file_id", ForeignKey("file.id"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("consent_id", ForeignKey("consent.id"), index=True),
    Column("evidence_id", ForeignKey("evidence.id"), index=True),
    Column("identity", LargeBinary, index=True),  # keyed hash, where the record names a consent
    Column("code", Text),  # response, receipt or failure code
    Column("outcome", Text),  # what taking it in came to; none for records sent
    Column("key_id", Text, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),  # JSON of its texts
)
"""The data records of those files. The bytes of a file sent are a function of its row and of these."""
