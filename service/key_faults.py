"""What goes wrong with key files, NPKI folders and identity numbers that a command is given, one class a cause."""

from __future__ import annotations

from consent.errors import CodedError


class CertificateNeeded(CodedError):
    """A key file without its certificate."""

    code = "SVC-004"

    def __init__(self) -> None:
        super().__init__()


class KeyIsCertificate(CodedError):
    """The file that has to hold a private key holds a certificate."""

    code = "SVC-016"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class CertificateIsKey(CodedError):
    """The file that has to hold a certificate holds a private key."""

    code = "SVC-045"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class NpkiPairMissing(CodedError):
    """A folder has no signCert.der, at none of the places where an NPKI folder keeps one."""

    code = "SVC-046"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class NpkiPairsSeveral(CodedError):
    """A folder has the pairs of several holders, and one is to be chosen."""

    code = "SVC-047"

    def __init__(self, file: str, count: int) -> None:
        super().__init__(file=file, count=count)


class NewPasswordMissing(CodedError):
    """No password for the file that is to be written."""

    code = "SVC-048"

    def __init__(self) -> None:
        super().__init__()


class NewPasswordUnusable(CodedError):
    """A password for the file that is to be written is no text in UTF-8, or has characters that nobody can type."""

    code = "SVC-060"

    def __init__(self) -> None:
        super().__init__()


class IdentityNumberMissing(CodedError):
    """No identity number to compare with, and nobody at a terminal to ask."""

    code = "SVC-049"

    def __init__(self) -> None:
        super().__init__()


class RandomNeeded(CodedError):
    """Neither a key file that holds R, nor R itself."""

    code = "SVC-050"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class RandomMalformed(CodedError):
    """A file that has to hold R in hexadecimal does not; its content is never repeated."""

    code = "SVC-051"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)
