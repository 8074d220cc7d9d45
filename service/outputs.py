"""Where results go: a file that is there whole or not at all, or standard output."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import click

from evidence.outfile import ANY, PRIVATE, descriptor, writing
from service.errors import OutputIsInput, StandardOutputFailed
from service.inputs import STDIN
from service.terminal import json_line, visible


@contextmanager
def result(out: str, *inputs: str | None, private: bool = False) -> Iterator[BinaryIO]:
    """Standard output for `-` and its other names, else the file, put in place when the block ends without an error.

    Args:
        out: as the command line has it.
        inputs: files that this command reads; none of them is ever written over.
        private: a file that its owner alone may read.

    Raises:
        OutputIsInput: `out` is one of `inputs`.
        NotWritable: the folder, the file or the disk refuses.
        StandardOutputFailed: it is closed.
    """
    for file in inputs:
        if out != STDIN and file is not None and file != STDIN and _is_same(out, file):
            raise OutputIsInput(out)
    if is_standard_output(out):
        if sys.stdout is None:
            raise StandardOutputFailed(os.strerror(errno.EBADF), errno.EBADF)
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with writing(Path(out), most=PRIVATE if private else ANY) as stream:
        yield stream


def is_standard_output(out: str) -> bool:
    """Whether it is `-`, `/dev/stdout` or another name of it."""
    return out == STDIN or descriptor(Path(out)) == 1


def _is_same(one: str, other: str) -> bool:
    with suppress(OSError, ValueError):
        return Path(one).is_file() and Path(one).samefile(other)
    return False


def say(made: dict[str, Any], line: str, *, as_json: bool = False) -> None:
    """Tell what was made: one line on standard output, and on standard error what is to be known about it.

    Where the result itself is on standard output, only the JSON that was asked for is told, on standard error.

    Args:
        made: `file` as the command line has it, and what fills `line`; `notices` if there are any.
        line: for a person.
        as_json: all of `made` instead.
    """
    to_stdout = is_standard_output(made["file"])
    if as_json:
        click.echo(json_line(made), err=to_stdout)
        return
    if not to_stdout:
        click.echo(line.format_map(made | {"file": visible(made["file"])}))
    for notice in made.get("notices", ()):
        click.echo(f"  ! {notice['message']} [{notice['code']}]", err=True)


def tell(done: dict[str, Any], line: str, *, as_json: bool = False) -> None:
    """Tell what was done where nothing was written: one line, or JSON."""
    shown = {name: visible(value) if isinstance(value, str) else value for name, value in done.items()}
    click.echo(json_line(done) if as_json else line.format_map(shown))
