"""The root of every error Dongui raises: a stable code, details without personal data, wording in both languages."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from consent.wording import Detail, wording

Lang = Literal["ko", "en"]
LANGS: Final[tuple[Lang, ...]] = ("ko", "en")


class CodedError(Exception):
    """Something that Dongui refuses. Subclasses name one cause each and set `code`.

    `details` fill the placeholders of the code's wording. They are shown, logged and sent over the network, so they
    hold field names, sizes, positions and times, and never a value out of a consent, a record or a key.
    """

    code: ClassVar[str]

    def __init__(self, **details: Detail) -> None:
        super().__init__()
        self.details = details

    def message(self, lang: Lang) -> str:
        """Say what was wrong and where, in one sentence or two."""
        return wording(self.code).message(lang, self.details)

    def remedy(self, lang: Lang) -> str:
        """Say what to do about it."""
        return wording(self.code).remedy(lang, self.details)

    def __str__(self) -> str:
        return f"{self.code}: {self.message('en')}"

    def __reduce__(self) -> tuple[object, ...]:
        """Let errors cross process borders: rebuilt from their details, whatever the subclass's constructor takes."""
        return _rebuild, (type(self), self.details)


def _rebuild(kind: type[CodedError], details: dict[str, Detail]) -> CodedError:
    error = kind.__new__(kind)
    CodedError.__init__(error, **details)
    return error
