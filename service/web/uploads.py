"""Files that come with a request: read once, kept in a nameless temporary file, gone with the request."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO, Final, cast

from flask import request

from service.web.faults import FieldsWrong
from service.web.openapi import is_name

MULTIPART: Final = "multipart/form-data"
_IN_MEMORY: Final = 1 << 20


@contextmanager
def body() -> Iterator[BinaryIO]:
    """The body as a file, whatever its type is called; its bytes are never unpacked."""
    if "_cached_data" in request.__dict__:  # read already, to tell whether the same was asked before
        yield BytesIO(request.get_data(cache=True))
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        shutil.copyfileobj(request.stream, spool)
        spool.seek(0)
        yield cast("BinaryIO", spool)


def parts(*, needed: str, more: str) -> tuple[BinaryIO, BinaryIO | None]:
    """Two files of a form, of which one need not be there.

    Raises:
        FieldsWrong: another part, one that comes twice, or none of the needed name.
    """
    names = [name for name, _ in [*request.files.items(multi=True), *request.form.items(multi=True)]]
    wrong = {name for name in names if name not in {needed, more} or names.count(name) > 1 or name in request.form}
    if needed not in names:
        wrong.add(needed)
    if wrong:
        raise FieldsWrong(", ".join(sorted(name if is_name(name) else "?" for name in wrong)[:20]))
    other = request.files.get(more)
    return cast("BinaryIO", request.files[needed].stream), None if other is None else cast("BinaryIO", other.stream)
