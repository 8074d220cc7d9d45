"""Why a list, an OCSP response or a time-stamp could not be fetched, or was not kept: one class a cause."""

from __future__ import annotations

import errno
import socket
import ssl
from datetime import datetime
from typing import Final

from consent.errors import CodedError
from service.times import told
from verifier import Finding


class FetchFault(CodedError):
    """Root of all that keeps one location from being of use. It never ends the run: others may answer."""

    is_harmless = False


class AddressUnusable(FetchFault):
    """No http, https, ldap or ldaps, no host, or a password inside."""

    code = "SVC-020"

    def __init__(self) -> None:
        super().__init__()


class AuthorityAddressUnusable(FetchFault):
    """No address of a time-stamping authority: no http or https, or no host."""

    code = "SVC-052"

    def __init__(self) -> None:
        super().__init__()


class NoAnswer(FetchFault):
    """No connection, one that broke off, or a server that speaks something else."""

    code = "SVC-021"

    def __init__(self, reason: str, reason_ko: str) -> None:
        super().__init__(reason=reason, reason_ko=reason_ko)

    @classmethod
    def of(cls, error: BaseException) -> NoAnswer:
        for kind, reason, reason_ko in _KINDS:
            if isinstance(error, kind):
                return cls(reason, reason_ko)
        number = getattr(error, "errno", None)
        return cls(*_NUMBERS.get(number or 0, ("the connection failed", "연결에 실패하였습니다")))


_KINDS: Final[tuple[tuple[type[BaseException], str, str], ...]] = (
    (socket.gaierror, "the host's name is not known", "호스트 이름을 찾을 수 없습니다"),
    (ssl.SSLCertVerificationError, "its TLS certificate is not trusted", "TLS 인증서를 신뢰할 수 없습니다"),
    (ssl.SSLError, "TLS could not be set up", "TLS 연결을 맺을 수 없습니다"),
)
_NUMBERS: Final = {
    errno.ECONNREFUSED: ("it refuses the connection", "연결이 거부되었습니다"),
    errno.ECONNRESET: ("it broke off the connection", "연결이 중간에 끊겼습니다"),
    errno.EHOSTUNREACH: ("there is no route to it", "호스트까지의 경로가 없습니다"),
    errno.ENETUNREACH: ("there is no route to it", "호스트까지의 경로가 없습니다"),
    errno.ETIMEDOUT: ("it does not react", "반응이 없습니다"),
}
BROKEN_OFF: Final = ("the answer broke off", "응답이 중간에 끊겼습니다")
OTHER_PROTOCOL: Final = ("it does not speak the protocol", "프로토콜에 맞지 않는 응답입니다")


class AnswerTooSlow(FetchFault):
    """Not all of the answer was there in time."""

    code = "SVC-022"

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds=seconds)


class AnswerTooLarge(FetchFault):
    """More bytes than any list or response has."""

    code = "SVC-023"

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class HttpRefused(FetchFault):
    """An HTTP status other than 200."""

    code = "SVC-024"

    def __init__(self, status: int) -> None:
        super().__init__(status=status)


class RedirectRefused(FetchFault):
    """A redirect to something other than HTTP, or one too many."""

    code = "SVC-025"

    def __init__(self) -> None:
        super().__init__()


class WithoutEnd(FetchFault):
    """Kept, because it may convict; but without a nextUpdate it never vouches."""

    code = "SVC-026"

    def __init__(self) -> None:
        super().__init__()


class DirectoryRefused(FetchFault):
    """An LDAP result other than success."""

    code = "SVC-027"

    def __init__(self, result: str) -> None:
        super().__init__(result=result)


class DirectoryEmpty(FetchFault):
    """The LDAP directory has no such entry, or no list in it."""

    code = "SVC-028"

    def __init__(self) -> None:
        super().__init__()


class DirectoryRefers(FetchFault):
    """The LDAP directory names other servers, which are not asked."""

    code = "SVC-029"

    def __init__(self) -> None:
        super().__init__()


class NotAList(FetchFault):
    """The answer is not a CRL."""

    code = "SVC-030"

    def __init__(self) -> None:
        super().__init__()


class NotAResponse(FetchFault):
    """The answer is not an OCSP response."""

    code = "SVC-031"

    def __init__(self) -> None:
        super().__init__()


class ListUnproven(FetchFault):
    """No authority of the folder signed the list."""

    code = "SVC-032"

    def __init__(self) -> None:
        super().__init__()


class ResponseUnproven(FetchFault):
    """Neither the issuer nor a responder it appointed signed the response."""

    code = "SVC-033"

    def __init__(self) -> None:
        super().__init__()


class OlderThanKept(FetchFault):
    """What the folder has is newer. No harm is done as long as that holds: several directories may have one list."""

    code = "SVC-034"

    def __init__(self, issued: datetime, kept: datetime, *, kept_is_current: bool) -> None:
        super().__init__(**_times(issued=issued, kept=kept))
        self.is_harmless = kept_is_current


class ResponderRefused(FetchFault):
    """An OCSP error status, such as tryLater."""

    code = "SVC-035"

    def __init__(self, status: str) -> None:
        super().__init__(status=status)


class AboutAnother(FetchFault):
    """The OCSP response does not speak of the certificate that was asked about."""

    code = "SVC-036"

    def __init__(self) -> None:
        super().__init__()


class StatusUnknown(FetchFault):
    """The OCSP responder does not know the certificate."""

    code = "SVC-037"

    def __init__(self) -> None:
        super().__init__()


class AlreadyEnded(FetchFault):
    """Kept, because it counts for the past; but the newest there is has ended."""

    code = "SVC-038"

    def __init__(self, ended: datetime) -> None:
        super().__init__(**_times(ended=ended))


class Stranger(FetchFault):
    """Certificates of a file that no signatures connect with an anchor of the folder: their addresses are anybody's."""

    code = "SVC-039"

    def __init__(self, file: str, count: int) -> None:
        super().__init__(file=file, count=count)


def _times(**moments: datetime) -> dict[str, str]:
    said = {name: told(at, "en") for name, at in moments.items()}
    return said | {f"{name}_ko": told(at, "ko") for name, at in moments.items()}


class NoTimeStamp(FetchFault):
    """The time-stamping authority refused, or sent something else."""

    code = "SVC-040"

    def __init__(self) -> None:
        super().__init__()


class TimeStampOfAnother(FetchFault):
    """The time-stamp answers another question: other bytes, or another nonce."""

    code = "SVC-041"

    def __init__(self) -> None:
        super().__init__()


class TimeStampWorthless(FetchFault):
    """The time-stamp proves nothing by the trust folder; the finding says why."""

    code = "SVC-042"

    def __init__(self, finding: Finding) -> None:
        super().__init__(reason_ko=finding.message("ko"), reason_en=finding.message("en"))
