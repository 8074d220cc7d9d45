"""What the service refuses by itself; each class has the status that it is answered with."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

from consent.errors import CodedError


class Fault(CodedError):
    """Root of them."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST

    def __init__(self) -> None:
        super().__init__()


class CredentialsMissing(Fault):
    """The request says nothing about who asks."""

    code = "SVC-200"
    status = HTTPStatus.UNAUTHORIZED


class CredentialsRefused(Fault):
    """The key or token is unknown, expired, revoked or used up; which of them is not told."""

    code = "SVC-201"
    status = HTTPStatus.UNAUTHORIZED


class ScopeMissing(Fault):
    """The key may not do this."""

    code = "SVC-202"
    status = HTTPStatus.FORBIDDEN

    def __init__(self, scope: str) -> None:
        CodedError.__init__(self, scope=scope)


class SignatureRefused(Fault):
    """The signature of the request does not hold (RFC 9421)."""

    code = "SVC-203"
    status = HTTPStatus.UNAUTHORIZED


class RequestSeen(Fault):
    """A signed request came a second time."""

    code = "SVC-204"
    status = HTTPStatus.UNAUTHORIZED


class OriginRefused(Fault):
    """A page of this origin may not sign here."""

    code = "SVC-205"
    status = HTTPStatus.FORBIDDEN


class IdempotencyKeyMissing(Fault):
    """A request that writes needs one."""

    code = "SVC-206"


class IdempotencyKeyMalformed(Fault):
    """Not 1 to 255 visible ASCII characters."""

    code = "SVC-207"


class IdempotencyKeyReused(Fault):
    """The key was used for another request."""

    code = "SVC-208"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class RequestRunning(Fault):
    """The first request of this key is being answered."""

    code = "SVC-209"
    status = HTTPStatus.CONFLICT


class BodyNotJson(Fault):
    """The body is no JSON object, or can be read in more than one way."""

    code = "SVC-210"


class BodyTooDeep(Fault):
    """JSON nests deeper than allowed."""

    code = "SVC-211"

    def __init__(self, limit: int) -> None:
        CodedError.__init__(self, limit=limit)


class FieldsWrong(Fault):
    """Fields are unknown, missing or of the wrong form; their names are told and never their values."""

    code = "SVC-212"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, fields: str) -> None:
        CodedError.__init__(self, fields=fields)


class TooMuch(Fault):
    """A field holds more than is taken."""

    code = "SVC-229"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, field: str, found: int, limit: int) -> None:
        CodedError.__init__(self, field=field, found=found, limit=limit)


class PreconditionFailed(Fault):
    """If-Match names another version than there is."""

    code = "SVC-213"
    status = HTTPStatus.PRECONDITION_FAILED


class EvidenceRefused(Fault):
    """The signature was made, and what came of it does not pass."""

    code = "SVC-214"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, codes: str) -> None:
        CodedError.__init__(self, codes=codes)


class ServerKeyUnknown(Fault):
    """The service holds no key of that name."""

    code = "SVC-215"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class EvidenceUnknown(Fault):
    """There is no evidence of that SHA-256."""

    code = "SVC-216"
    status = HTTPStatus.NOT_FOUND


class CursorWrong(Fault):
    """A cursor that the service did not give."""

    code = "SVC-217"


class TooManyRequests(Fault):
    """More requests than the caller may make."""

    code = "SVC-218"
    status = HTTPStatus.TOO_MANY_REQUESTS


class MediaTypeWrong(Fault):
    """The body is of another type than the one that is read here."""

    code = "SVC-219"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE

    def __init__(self, wanted: str) -> None:
        CodedError.__init__(self, wanted=wanted)


class NothingHere(Fault):
    """No such address."""

    code = "SVC-220"
    status = HTTPStatus.NOT_FOUND


class MethodWrong(Fault):
    """The address takes other methods."""

    code = "SVC-221"
    status = HTTPStatus.METHOD_NOT_ALLOWED


class BodyTooLarge(Fault):
    """A body beyond the limit."""

    code = "SVC-222"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def __init__(self, limit: int) -> None:
        CodedError.__init__(self, limit=limit)


class RequestMalformed(Fault):
    """Something else about the request that HTTP does not allow."""

    code = "SVC-223"


class ServiceFailed(Fault):
    """A fault of the service itself."""

    code = "SVC-224"
    status = HTTPStatus.INTERNAL_SERVER_ERROR


class ReceiptMalformed(Fault):
    """What was sent is no receipt."""

    code = "SVC-225"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NothingPrepared(Fault):
    """`complete` before `prepare`."""

    code = "SVC-226"
    status = HTTPStatus.CONFLICT


class ServerKeyNotValid(Fault):
    """The certificate of a key of the service has ended, or not begun: no request can help that."""

    code = "SVC-291"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class LengthRequired(Fault):
    """The body comes without Content-Length: one that was cut off would look like a whole one."""

    code = "SVC-292"
    status = HTTPStatus.LENGTH_REQUIRED


class NotServed(Fault):
    """A form that the answer does not come in."""

    code = "SVC-227"
    status = HTTPStatus.NOT_ACCEPTABLE

    def __init__(self, choices: str) -> None:
        CodedError.__init__(self, choices=choices)
