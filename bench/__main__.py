"""Every measurement in one run: `python -m bench`, or `make bench`.

Ratios count, not microseconds: all that is compared takes turns within the run, on one core and in processor time.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final, get_args

from bench import chart, compiled, judging, loading, machine, records, signing, startup
from bench.corpus import KeyKind, populate
from bench.extent import FORMS
from bench.results import Results, as_json, table
from bench.rounds import cores, on_one_core

START: Final = time.perf_counter()
HERE: Final = Path(__file__).parents[1] / "docs" / "benchmarks"


def main(arguments: Sequence[str] | None = None) -> None:
    wanted = argparse.ArgumentParser(prog="python -m bench", description="What judging and signing cost, as ratios.")
    wanted.add_argument("--form", choices=FORMS, default="short", help="how much is measured (short: some minutes)")
    wanted.add_argument("--out", type=Path, default=HERE, help="where results.json, results.md and the charts go")
    wanted.add_argument("--openssl", type=Path, help="prefix of another OpenSSL for the C part, such as 3.5")
    options = wanted.parse_args(arguments)
    if options.openssl is not None and not (options.openssl / "include/openssl/cms.h").is_file():
        wanted.error(f"there are no headers of OpenSSL in {options.openssl}/include")
    usable = cores()
    with tempfile.TemporaryDirectory() as scratch, on_one_core():
        results = measured(options.form, usable, options.openssl, Path(scratch))
    write(results, options.out)
    print(table(results))
    print(f"written: results.json, results.md, chart.svg and chart.ko.svg in {options.out}")


def measured(form: str, usable: list[int], openssl: Path | None, scratch: Path) -> Results:
    """One part after another; each makes what it judges anew, and leaves nothing behind but figures."""
    extent = FORMS[form]
    floor = compiled.build(scratch, openssl)
    left_out = () if floor else (f"what is in C, which needs {compiled.WHAT_IS_NEEDED}",)
    for name in left_out:
        say(f"left out: {name}")
    populations, found_judging, found_signing = {}, {}, {}
    for kind in get_args(KeyKind):
        say(f"consents, {kind}")
        population = populate(kind, extent.revoked, extent.payers_each)
        folder = scratch / kind
        folder.mkdir()
        say(f"judging, {kind}")
        found_judging[kind] = judging.measure(population, extent, floor, folder)
        say(f"signing, {kind}")
        found_signing[kind] = signing.measure(population, extent)
        populations[kind] = population
    say("opening files")
    population = populations["rsa"]
    trust = population.write_trust(scratch / "trust")
    files = loading.measure_files(population, extent)
    say("opening the trust folder")
    opening, opening_revoked = loading.measure_opening(population, trust), extent.revoked
    say("cores")
    at_once = judging.measure_cores(population, extent, trust, usable)
    say("sizes")
    sizes = loading.measure_sizes(population, extent, trust)
    if extent.long_list is not None:
        say(f"lists of {extent.long_list:,} entries")
        population = populate("rsa", extent.long_list, 1)
        opening_revoked = extent.long_list
        opening = loading.measure_opening(population, population.write_trust(scratch / "long"))
    say("FB files")
    files_made = scratch / "files"
    files_made.mkdir()
    of_records = records.measure(extent.records, extent.rounds, files_made, usable)
    say("starting")
    return Results(
        form=form,
        machine=machine.described(len(usable), floor.version if floor else None),
        consents=extent.consents,
        revoked=extent.revoked,
        judging=found_judging,
        signing=found_signing,
        cores=at_once,
        core_count=len(usable),
        files=files,
        sizes=sizes,
        opening=opening,
        opening_revoked=opening_revoked,
        records=of_records.times,
        record_count=extent.records,
        records_peak_bytes=of_records.peak_bytes,
        starting=startup.measure(extent.starts),
        left_out=left_out,
    )


def write(results: Results, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "results.json": json.dumps(as_json(results), indent=1) + "\n",
        "results.md": table(results),
        "chart.svg": chart.drawn(results, "en"),
        "chart.ko.svg": chart.drawn(results, "ko"),
    }
    for name, contents in files.items():
        (folder / name).write_text(contents, encoding="utf-8")


def say(part: str) -> None:
    print(f"{time.perf_counter() - START:5.0f} s  {part}", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)  # pyHanko's, of its own libraries
    main()
