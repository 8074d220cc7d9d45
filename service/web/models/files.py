"""Files to and from the clearing institute, and what is due."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from service.web.models.base import Asked, Given, Sha256Hex

_Time = Annotated[str, StringConstraints(max_length=40)]


class CheckQuery(Asked):
    """How a file is looked at."""

    judge: Literal["true", "false"] = Field("true", description="Whether every DER inside is judged too")
    at: _Time = Field("signing-time", description="By when: signing-time, now, or ISO 8601 with offset")


class CheckOut(Given):
    """What the clearing institute will answer, and what it does not look at, as `dongui file check --json` has it."""

    file: str | None = Field(description="FB0110 …; null: not an FB file")
    sound: bool
    complete: bool
    records: int
    rejected: int
    by_code: dict[str, int]
    findings: dict[str, int]
    outcomes: list[dict[str, Any]]


class SendFb0110(Asked):
    """What is queued in the store, as files."""

    process_date: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = Field(
        None, description="처리기준일자; without it today in Korea, or the next business day of banks"
    )


class SendFb0420(Asked):
    """The answers to audits that were taken in."""

    allow_missing: bool = Field(
        default=False, description="Answer 'N' where there is no evidence; each such file counts against you"
    )


class LogPlace(Given):
    """A row of the store's log."""

    seq: int
    digest: Sha256Hex


class ManifestOut(Given):
    """What stands beside a file in the outbox."""

    file: str
    code: Literal["FB0110", "FB0221", "FB0420", "FB0910"]
    transmission_code: str | None
    receiver: str
    process_date: str
    institution_code: str
    bank_code: str
    records: int
    bytes: int
    sha256: Sha256Hex
    store: str = Field(description="The same in all manifests of one store")
    log: LogPlace


class NoticeOut(Given):
    """What whoever sends a file should know; it is made all the same."""

    code: str
    message: str


class SentOut(Given):
    """A file in the outbox."""

    number: int = Field(description="In the store; `GET /v1/files/{number}/content` gives its bytes")
    manifest: ManifestOut
    notices: list[NoticeOut] = Field(description="What whoever hands it in should know, as `dongui send` tells it")


class FilesOut(Given):
    """The files that one request made; none where nothing was waiting."""

    items: list[SentOut]
    notices: list[NoticeOut] = Field(description="Why the process date may be a mistake")


class AuditAnswersOut(FilesOut):
    """The answers that one request made, and why it left other audits without one."""

    refused: list[dict[str, Any]] = Field(
        description="A problem for each audit that was left open, as its evidence is missing"
    )


class FileOut(SentOut):
    """A file sent, and where it stands."""

    state: Literal["ready", "answered", "refused", "closed"]


class TakeInQuery(Asked):
    """About a file that came in."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")] = Field(
        "upload", description="What it is called, for people"
    )
    answers: Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]+$")] | None = Field(
        None, description="Name of the file sent that it answers, where several fit"
    )


class RemarkOut(Given):
    """What somebody has to look at."""

    code: str
    record: int
    consent: int | None
    message: str


class TakenFileOut(Given):
    """What came of a file, as `dongui take-in --json` prints it."""

    file: str
    code: str
    number: int
    records: int
    already: bool = Field(description="The very same file was taken in before; nothing was done")
    events: dict[str, int]
    remarks: list[RemarkOut]


class DueQuery(Asked):
    """The time to go by."""

    at: _Time = Field("now", description="now, or ISO 8601")


class DueItemOut(Given):
    """Something that is due, awaited or stands still."""

    severity: str
    task: str
    file: str | None
    about: str | None
    records: int | None
    institution_code: str | None
    bank_code: str | None
    since: str | None
    opens_at: str | None
    due_at: str | None
    better_by: str | None
    left_seconds: int | None
    clause: str | None
    code: str
    message: str
    remedy: str
    command: str | None


class DueOut(Given):
    """The most urgent first, as `dongui due --json` prints it."""

    at: str
    items: list[DueItemOut]
