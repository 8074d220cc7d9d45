"""What the service refuses about files that go to the clearing institute or come from it."""

from __future__ import annotations

from http import HTTPStatus

from service.web.faults import Fault


class OutboxMissing(Fault):
    """The service was given no outbox."""

    code = "SVC-280"
    status = HTTPStatus.CONFLICT


class FileUnknown(Fault):
    """No file sent has this number."""

    code = "SVC-281"
    status = HTTPStatus.NOT_FOUND


class FileNotThere(Fault):
    """The file is not in the outbox: not yet, or no more."""

    code = "SVC-282"
    status = HTTPStatus.NOT_FOUND


class FileAltered(Fault):
    """What is in the outbox under its name are other bytes."""

    code = "SVC-283"
    status = HTTPStatus.CONFLICT


class OutboxRefuses(Fault):
    """The outbox cannot be written to; what was settled stays so, and the same request goes on with it."""

    code = "SVC-284"
    status = HTTPStatus.SERVICE_UNAVAILABLE
