"""`dongui batch-report`: what a batch of verdicts comes to, as a page or in the terminal."""

from __future__ import annotations

from typing import Final

import click

from service import options
from service.report_faults import OwnReportsNeedMore
from verifier import policies

_FAILING: Final = 200
_MOST_FAILING: Final = 10_000


@click.command(name="batch-report")
@click.argument("table", metavar="TABLE")
@click.option("-o", "--out", help="Write an HTML page there. Default: show the figures here.")
@click.option(
    "--reports", metavar="DIR", help="Write the reports on rows that did not pass into DIR, and link to them."
)
@click.option("--source", metavar="DIR", help="Folder with the evidence; ids are paths below it.")
@click.option("--trust", metavar="DIR", help="Trust folder that the evidence was judged by.")
@click.option(
    "--policy",
    type=click.Choice(list(policies.POLICIES)),
    help="Policy that the evidence was judged under. Default: as the table says, else kftc.",
)
@click.option(
    "--holder",
    type=click.Choice(["personal", "corporate"]),
    help="Whose certificate it had to be. Default: as the table says, else either.",
)
@click.option(
    "--failing",
    type=click.IntRange(0, _MOST_FAILING),
    default=_FAILING,
    show_default=True,
    metavar="COUNT",
    help="Rows that did not pass to be listed, at most.",
)
@click.option("--mask", is_flag=True, help="Leave out ids of rows and names of signers.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    table: str,
    out: str | None,
    reports: str | None,
    source: str | None,
    trust: str | None,
    policy: str | None,
    holder: str | None,
    failing: int,
    mask: bool,
    as_json: bool,
) -> None:
    """Report on a table of verdicts: counts by month, finding, authority and product, and what did not pass.

    The table is Parquet, CSV or JSON lines. For each row that did not pass, the page has the command that writes its
    own report; with --reports, --source and --trust these reports are written too, and the page links to them.
    """
    from service.batch_reporting import Judging, Wanted, report  # noqa: PLC0415 - pyarrow takes long to load

    if reports is not None and (source is None or trust is None or out is None):
        raise OwnReportsNeedMore
    judging = Judging(source, trust, policy, holder)
    report(table, Wanted(context.obj, failing, out, reports, judging, masked=mask, as_json=as_json))
