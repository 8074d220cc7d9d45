"""FB0222: what became of the changes that an FB0221 reported (설계서 V3.8 4.4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import BinaryIO

from evidence.codes import ACCEPTED, IN_ORDER
from evidence.field import date_text
from evidence.file_faults import WrongFile
from evidence.layouts import LAYOUTS
from evidence.reader import DataRecord, Sound, read_file
from evidence.writer import Written, write_file

Processed = Callable[[int, Mapping[str, str]], tuple[str, str]]
"""The codes of cancelling at the old bank and of registering at the new one, by a record's number and texts."""


def all_processed(_number: int, _values: Mapping[str, str]) -> tuple[str, str]:
    """Both banks did as they were asked."""
    return ACCEPTED, ACCEPTED


def answer_fb0221(sent: BinaryIO, out: BinaryIO, *, day: date, processed: Processed = all_processed) -> Written:
    """Write the FB0222 that answers an FB0221.

    What the institution took (0000) has the codes that `processed` gives and `day` behind those that are a success;
    what it refused was never passed on, so codes and days stay blank. A change whose receipt code is 7308 is refused:
    since June 2016 that is an error.

    Raises:
        RecordError: the FB0221 is not sound.
        WrongFile: it is another file.
    """
    items = read_file(sent)
    header = next(items)
    if header.layout.code != "FB0221":
        raise WrongFile("FB0221", header.layout.code)
    names = [one.name for one in LAYOUTS["FB0222"].header.fields if one.const is None or one.name == "van_code"]
    texts = {name: header.fields[name] for name in names if name in header.fields and name != "record_count"}
    records = ((_processed(item, day, processed), b"") for item in _data(items))
    return write_file(out, LAYOUTS["FB0222"], texts | {"process_date": date_text(day)}, records)


def _data(items: Iterator[Sound]) -> Iterator[DataRecord]:
    return (item for item in items if isinstance(item, DataRecord))


def _processed(item: DataRecord, day: date, processed: Processed) -> dict[str, str]:
    table = LAYOUTS["FB0222"].data
    texts = {one.name: item.fields.get(one.name, "") for one in table.fields if one.const is None}
    if item.fields["receipt_code"] != ACCEPTED:
        return texts
    cancelled, registered = processed(item.sequence, item.fields)
    done = date_text(day)
    return texts | {
        "cancel_code": cancelled,
        "cancelled_on": done if cancelled in IN_ORDER else "",
        "register_code": registered,
        "registered_on": done if registered in IN_ORDER else "",
    }
