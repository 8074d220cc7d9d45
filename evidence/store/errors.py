"""What the store refuses."""

from __future__ import annotations

from consent.errors import CodedError


class StoreError(CodedError):
    """The store cannot do what it was asked to."""


class StoreMissing(StoreError):
    """There is no store at the address."""

    code = "FB-200"

    def __init__(self, address: str) -> None:
        super().__init__(address=address)


class StoreExists(StoreError):
    """There is a store at the address already."""

    code = "FB-201"

    def __init__(self, address: str) -> None:
        super().__init__(address=address)


class SchemaDiffers(StoreError):
    """The store was made by another version of Dongui."""

    code = "FB-202"

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(found=found, wanted=wanted)


class StoreUnavailable(StoreError):
    """The database refuses, or cannot be reached; what was being done was not done."""

    code = "FB-203"

    def __init__(self, reason: str, reason_ko: str = "") -> None:
        """Args: reason, reason_ko: the same where it is a name that all languages have."""
        super().__init__(reason=reason, reason_ko=reason_ko or reason)


class FilesUrlUnusable(StoreError):
    """Evidence is to lie where nothing that is installed can write."""

    code = "FB-214"

    def __init__(self, protocol: str) -> None:
        super().__init__(protocol=protocol)


class NotADatabase(StoreUnavailable):
    """The store's file is no database of SQLite, or its beginning is damaged: trying again will not help."""

    code = "FB-213"

    def __init__(self) -> None:
        super().__init__("SQLITE_NOTADB")


class KeysUnreadable(StoreError):
    """The store's keys are not a key file as `dongui store init` makes it."""

    code = "FB-204"

    def __init__(self, source: str) -> None:
        super().__init__(source=source)


class KeyUnknown(StoreError):
    """Something in the store is sealed with a key that is not among the keys given."""

    code = "FB-205"

    def __init__(self, key_id: str) -> None:
        super().__init__(key_id=key_id)


class SealBroken(StoreError):
    """Something in the store is not what was sealed there: altered, exchanged or damaged."""

    code = "FB-206"

    def __init__(self, about: str) -> None:
        super().__init__(about=about)


class KeysOfAnotherStore(StoreError):
    """The keys are not those that this store was made with."""

    code = "FB-207"

    def __init__(self) -> None:
        super().__init__()


class AddressNotUnderstood(StoreError):
    """The address is neither a file nor the URL of a database that stores are kept in."""

    code = "FB-208"

    def __init__(self, address: str) -> None:
        super().__init__(address=address)


class EvidenceGone(StoreError):
    """Evidence that the store has taken in is no longer where it was put, or no longer what it was."""

    code = "FB-209"

    def __init__(self, sha256: str) -> None:
        super().__init__(sha256=sha256)


class ConsentUnknown(StoreError):
    """The store has no consent of that number."""

    code = "FB-211"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class ConsentExists(StoreError):
    """A consent of the same identity is alive already."""

    code = "FB-212"

    def __init__(self, consent: int, line: int) -> None:
        """Args: line: of a list; 0 where there is none."""
        where_ko, where_en = (f"목록 {line}번째 줄: ", f"Line {line} of the list: ") if line else ("", "")
        super().__init__(consent=consent, line=line, where_ko=where_ko, where_en=where_en)


class KeyInUse(StoreError):
    """A key cannot be forgotten while anything is sealed with it."""

    code = "FB-250"

    def __init__(self, key_id: str, rows: int) -> None:
        super().__init__(key_id=key_id, rows=rows)


class KeyStillSeals(StoreError):
    """The key that everything is sealed with cannot be forgotten."""

    code = "FB-251"

    def __init__(self, key_id: str) -> None:
        super().__init__(key_id=key_id)


class RetentionNotOver(StoreError):
    """What is to be deleted has to be kept for longer."""

    code = "FB-252"

    def __init__(self, years: int, latest: str) -> None:
        super().__init__(years=years, latest=latest)


class EvidenceOfAnotherKind(StoreError):
    """The same file is in the store as evidence of another kind, or with another extension."""

    code = "FB-253"

    def __init__(self, sha256: str, kind: str, extension: str, was_kind: str, was_extension: str) -> None:
        super().__init__(sha256=sha256, kind=kind, extension=extension, was_kind=was_kind, was_extension=was_extension)


class LogNotVouched(StoreError):
    """The end of the log is not what the store's key vouched for: whoever wrote on would vouch for what was forged."""

    code = "FB-375"

    def __init__(self) -> None:
        super().__init__()


class ApiKeyExists(CodedError):
    """The name of an API key is taken."""

    code = "FB-384"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class ApiKeyUnknown(CodedError):
    """No API key has that name."""

    code = "FB-385"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
