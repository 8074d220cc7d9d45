"""The command's map, and how refusals become exit codes.

0: all good. 1: it ran and something did not pass. 2: wrong use or unreadable input. 130 and 143: interrupted.
"""

from __future__ import annotations

import copy
import io
import os
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import click

from consent.errors import LANGS, CodedError, Lang
from service import korean
from service.errors import NOT_PASSED, OK, WRONG_USE, InternalFault, StandardOutputFailed, language, show
from service.main import INTERRUPTED, begin
from service.options import EXPLAIN, LANG
from service.terminal import PLAIN_MARKS, forget_standard_output, visible

COMMANDS: Final = {
    "render": "Write the consent text (출금동의원문) for a consent's fields.",
    "sign": "Sign a consent text: a DER with the text attached.",
    "prepare": "Prepare a signature for a key that is somewhere else.",
    "complete": "Complete a prepared signature.",
    "verify": "Judge signed evidence (DER).",
    "batch": "Judge many DERs, and keep a row for each.",
    "report": "Write a report on signed evidence: HTML or PDF.",
    "batch-report": "Report on a table of verdicts: an HTML page, or here.",
    "timestamp": "Have evidence time-stamped (RFC 3161).",
    "inspect": "Show what is in a DER, certificate, key file or FB file.",
    "npki": "Certificates in NPKI folders: list, export.",
    "trust": "Trust folders: show, hosts, fetch.",
    "file": "FB files: tables, codes, show, diff, merge, split, check.",
    "fb0110": "Pack evidence into FB0110 (출금이체 증빙자료 정보).",
    "fb0420": "Answer an audit request FB0410 with FB0420.",
    "calendar": "Bank holidays and business days, and what is due when.",
    "store": "The store of consents: init, add, show, institution, rekey, sweep, upgrade.",
    "consent": "Consents in the store: list, show.",
    "retention": "What the store need not keep any longer: list, delete.",
    "log": "The store's log: verify, show.",
    "send": "Put what is queued in the store into an outbox.",
    "fix": "What stands still, and how it goes on: list, requeue, amend, withdraw, receipt, done.",
    "due": "What is due, how long is left, and what an omission costs.",
    "cancel": "Queue cancellations for the next FB0110, or take them back.",
    "ledger": "What the banks' ledgers (FB0933) and the store do not agree on.",
    "take-in": "Take files of the clearing institute into the store.",
    "institute": "REHEARSAL ONLY: play the clearing institute and the banks.",
    "users": "Who may use the console: add, list, role, password, disable.",
    "keys": "API keys of the service: add, list, rotate, revoke.",
    "settings": "Settings of the service: what is wrong with them.",
    "serve": "Run the service: API, console, receipts.",
}
"""Each is `command` in the module of its name, `_` for `-`, in `service.commands`. Only the one that is called gets
loaded: starting up is most of what a call costs."""


class _Context(click.Context):
    def get_help(self) -> str:
        from service.help import page  # noqa: PLC0415 - what help says is read by whoever asks for it

        lang = self.obj or language()
        return page(self, lang, _summaries(self, lang))


def _summaries(context: click.Context, lang: Lang) -> Mapping[str, str]:
    command = context.command
    if isinstance(command, _OnDemand):
        names: Mapping[str, str] = COMMANDS
    elif isinstance(command, click.Group):
        names = {name: inner.get_short_help_str(limit=200) for name, inner in command.commands.items()}
    else:
        names = {}
    above = context.command_path.partition(" ")[2]
    return names if lang == "en" else {name: korean.SUMMARIES[f"{above} {name}".strip()] for name in names}


class _OnDemand(click.Group):
    context_class = _Context

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"service.commands.{cmd_name.replace('-', '_')}").command
        begin()
        return _spoken(command)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Explain codes wherever on the line they are asked about; nothing else is done then, as with `--help`."""
        codes = _codes_asked_about(args)
        if codes:
            from service.explaining import explained  # noqa: PLC0415 - see above

            lang = language(_asked_for(args)) if ctx.obj is None else ctx.obj
            click.echo(explained(codes, lang, as_json="--json" in args))
            ctx.exit(OK)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, which knows only commands that are loaded when it says which one is nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None


def _spoken(command: click.Command) -> click.Command:
    """A copy of the command, and of those below it, that takes `--lang` and `--explain` too and has our help page."""
    copied = copy.copy(command)
    copied.params = [*command.params, LANG, EXPLAIN]
    copied.context_class = _Context
    if isinstance(copied, click.Group):
        copied.commands = {name: _spoken(inner) for name, inner in copied.commands.items()}
    return copied


@click.group(cls=_OnDemand, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--lang",
    type=click.Choice(["ko", "en"]),
    help="Language of messages (언어); else as DONGUI_LANG, LC_ALL, LC_MESSAGES or LANG has it.",
)
@click.option(
    "--explain",
    metavar="CODE...",
    expose_value=False,
    help="Say what a code means and what to do about it, such as --explain CMS-161; several may be given.",
)
@click.version_option(package_name="dongui")
@click.pass_context
def dongui(context: click.Context, lang: str | None) -> None:
    """Sign, verify and exchange consents to automatic debit (출금이체 동의자료).

    A file argument "-" is standard input; an output "-" is standard output. Exit codes: 0 all good, 1 something did not
    pass, 2 wrong use or unreadable input.
    """
    context.obj = language(lang) if lang or context.obj is None else context.obj


def run(arguments: list[str]) -> int:
    """Run one command and return the exit code; no traceback is ever shown for what somebody handed in."""
    _buffer_standard_output()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a mark that the terminal lacks is no reason to break off
            stream.reconfigure(errors=PLAIN_MARKS)
    lang = language(_asked_for(arguments))
    try:
        code = dongui.main(arguments, prog_name="dongui", standalone_mode=False, obj=lang)
        if sys.stdout is not None:
            sys.stdout.flush()
    except Exception as error:
        if os.environ.get("DONGUI_DEBUG"):
            raise
        return _refused(error, lang)
    return code if isinstance(code, int) else OK


def _buffer_standard_output() -> None:
    """Write to standard output through a buffer where Python was told not to (`PYTHONUNBUFFERED`, `-u`).

    Without one, a write that the system carries out in part is taken for a whole one, and a flush does not say whether
    it was standard output that failed. Lines still go out one by one.
    """
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper) and isinstance(out.buffer, io.RawIOBase):
        buffered = open(out.fileno(), "wb", closefd=False)  # noqa: SIM115 - a descriptor, open until the end
        sys.stdout = io.TextIOWrapper(buffered, out.encoding, out.errors, line_buffering=True)


def _refused(error: Exception, lang: Lang) -> int:
    if isinstance(error, click.Abort):
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        _show_wrong_use(error, lang)
        return error.exit_code
    if isinstance(error, OSError) and _is_of_output(error):
        forget_standard_output()
        if isinstance(error, BrokenPipeError):  # whoever read it has seen enough
            return NOT_PASSED
        error = StandardOutputFailed(error.strerror or type(error).__name__, error.errno or 0)
    if not isinstance(error, CodedError):
        error = InternalFault(type(error).__name__)
    show(error, lang)
    return NOT_PASSED if error.code in _NOT_PASSED else WRONG_USE


def _is_of_output(error: OSError) -> bool:
    """Whether it was standard output that failed: then what is left to be written fails again."""
    if isinstance(error, BrokenPipeError) or sys.stdout is None:
        return True
    try:
        sys.stdout.flush()
    except OSError:
        return True
    return False


def _show_wrong_use(error: click.ClickException, lang: Lang) -> None:
    if type(error) is click.UsageError and (named := _TOO_MANY.match(error.message)):
        error = click.UsageError(named[0], error.ctx)  # the words behind it may be a number that was meant for --idn
    if isinstance(error, click.BadOptionUsage) and error.option_name == "--explain":
        error = click.UsageError(_NO_CODE[lang], error.ctx)
    if lang != "ko" or isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    click.echo("\n".join(visible(line) for line in korean.wrong_use(error).splitlines()), err=True)


_NO_CODE: Final[dict[Lang, str]] = {
    "en": "Name a code behind --explain, such as --explain CMS-161.",
    "ko": "--explain 뒤에 코드를 지정하십시오. 예: --explain CMS-161",
}
_TOO_MANY: Final = re.compile(r"Got unexpected extra arguments?(?= \()")
_NOT_PASSED: Final = frozenset({"CMS-100", "FB-060", "FB-061", "FB-062", "FB-063", "FB-064"})


def _asked_for(arguments: list[str]) -> str | None:
    """The last `--lang` that we speak, wherever it stands: refusals are told in it before the words are understood."""
    wanted = [
        arguments[i + 1] if argument == "--lang" else argument.removeprefix("--lang=")
        for i, argument in enumerate(arguments)
        if argument.startswith("--lang=") or (argument == "--lang" and i + 1 < len(arguments))
    ]
    return next((lang for lang in reversed(wanted) if lang in LANGS), None)


def _codes_asked_about(arguments: list[str]) -> list[str]:
    """What stands behind every `--explain`: one word, and those that follow it as long as they look like codes."""
    codes: list[str] = []
    words = iter(arguments)
    taking = False
    for word in words:
        if word == "--":
            break
        if word == "--explain":
            codes += [first for first in [next(words, "")] if first and not first.startswith("-")]
            taking = bool(codes)
        elif word.startswith("--explain="):
            codes.append(word.removeprefix("--explain="))
            taking = True
        elif taking and re.fullmatch(_LOOKS_LIKE_A_CODE, word):
            codes.append(word)
        else:
            taking = False
    return [code for words in codes for code in words.split(",") if code.strip()]


_LOOKS_LIKE_A_CODE: Final = r"(?:\[?[A-Za-z]{2,3}[-_]?[0-9]{1,3}[\],.;:]*)+"
