"""What is wrong with the kind of evidence that is named, or with the folders that vouch for it."""

from __future__ import annotations

from consent.errors import CodedError


class KindVouchedTwice(CodedError):
    """Two of the trust folders given vouch for the same kind of evidence."""

    code = "SVC-054"

    def __init__(self, kind: str, first: str, second: str) -> None:
        super().__init__(kind=kind, first=first, second=second)


class KindNotSaid(CodedError):
    """There are several trust folders, and nobody said which kind the evidence is of."""

    code = "SVC-055"


class KindNotVouched(CodedError):
    """None of the trust folders vouches for that kind of evidence."""

    code = "SVC-056"

    def __init__(self, kind: str, kinds: str) -> None:
        super().__init__(kind=kind, kinds=kinds)


class KindUnknown(CodedError):
    """Evidence of no such kind is a signature."""

    code = "SVC-057"

    def __init__(self, known: str) -> None:
        super().__init__(known=known)
