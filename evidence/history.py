"""What a file repeats, and what nobody asked for: the questions that one record alone cannot answer (7125, 7126)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import BinaryIO, Final

from evidence.faults import Place, RecordError
from evidence.file_faults import WrongFile
from evidence.identity import Identity
from evidence.layouts import FileLayout
from evidence.reader import DataRecord, read_file
from evidence.rules import expects_evidence

REQUEST_KEY: Final = (
    "request_type",
    "business_number",
    "institution_code",
    "payer_number",
    "bank_code",
    "account_number",
)


class Repeated(RecordError):
    """The file holds the same consent twice; `first` is the number of the record that came before."""

    code = "FB-100"

    def __init__(self, place: Place, first: int) -> None:
        super().__init__(place, "7125", first=first)


class AcceptedBefore(RecordError):
    """The evidence of this consent was accepted with an earlier file."""

    code = "FB-101"

    def __init__(self, place: Place) -> None:
        super().__init__(place, "7125")


class NotRequested(RecordError):
    """FB0420 answers what its FB0410 did not ask for."""

    code = "FB-102"

    def __init__(self, place: Place) -> None:
        super().__init__(place, "7126")


@dataclass(frozen=True)
class Requests:
    """What an FB0410 asks for, as digests: some hundred bytes of memory a record."""

    counts: Mapping[bytes, int]
    total: int

    @classmethod
    def read(cls, stream: BinaryIO) -> Requests:
        """Read FB0410.

        Raises:
            RecordError: it is not sound.
            WrongFile: it is another file.
        """
        counts: Counter[bytes] = Counter()
        for item in read_file(stream):
            if item.layout.code != "FB0410":
                raise WrongFile("FB0410", item.layout.code)
            if isinstance(item, DataRecord):
                counts[_digest(item.fields[name] for name in REQUEST_KEY)] += 1
        return cls(counts, counts.total())


@dataclass(frozen=True)
class Known:
    """What is known besides the file itself.

    Attributes:
        accepted: whether a consent's evidence was accepted with an earlier file and not cancelled since.
        requests: what the FB0410 asked for that an FB0420 answers.
    """

    accepted: Callable[[Identity], bool] | None = None
    requests: Requests | None = None


NOTHING: Final = Known()


class History:
    """Remembers the consents of one file: a digest of 16 bytes each, some 150 bytes of memory a record in all."""

    def __init__(self, layout: FileLayout, known: Known) -> None:
        self.layout, self.known = layout, known
        self._first: dict[bytes, int] = {}
        self._cancelled: set[bytes] = set()
        self._answered: Counter[bytes] = Counter()

    @property
    def unanswered(self) -> int:
        """How many requests have had no answer so far."""
        if self.known.requests is None or self.layout.code != "FB0420":
            return 0
        return self.known.requests.total - self._answered.total()

    def faults(self, values: Mapping[str, str], place: Place, *, is_sound: bool) -> list[RecordError]:
        """What is wrong with a data record beside its form; `is_sound` if that is as it should be."""
        if self.layout.code == "FB0110":
            return self._of_submission(values, place, is_sound=is_sound)
        if self.layout.code == "FB0420":
            return self._of_answer(values, place)
        return []

    def _of_submission(self, values: Mapping[str, str], place: Place, *, is_sound: bool) -> list[RecordError]:
        identity = Identity.of(values)
        if identity is None:
            return []
        key = _digest(identity)
        if not expects_evidence(values):
            if is_sound:  # from here on it may be registered again
                self._first.pop(key, None)
                self._cancelled.add(key)
        elif key in self._first:
            return [Repeated(place, self._first[key])]
        elif self.known.accepted is not None and key not in self._cancelled and self.known.accepted(identity):
            return [AcceptedBefore(place)]
        elif is_sound:  # what is refused may be sent again
            self._first[key] = place.number
        return []

    def _of_answer(self, values: Mapping[str, str], place: Place) -> list[RecordError]:
        if not all(name in values for name in REQUEST_KEY):
            return []
        key = _digest(values[name] for name in REQUEST_KEY)
        wanted = 1 if self.known.requests is None else self.known.requests.counts.get(key, 0)
        if not wanted:
            return [NotRequested(place)]
        if self._answered[key] >= wanted:
            return [Repeated(place, self._first[key])]
        self._answered[key] += 1
        self._first.setdefault(key, place.number)
        return []


def _digest(texts: Iterator[str] | tuple[str, ...]) -> bytes:
    return blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
