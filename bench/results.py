"""What was measured, what it should have been, and both as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from bench.corpus import AUTHORITIES, KeyKind
from bench.rounds import Times, median, ratio

KINDS: Final[Mapping[KeyKind, str]] = {"rsa": "RSA-2048", "p256": "P-256"}
JUDGES: Final = {
    "floor": "two signatures in C, keys loaded (the floor)",
    "dongui": "Dongui, CRLs checked",
    "dongui-no-crl": "Dongui, no CRLs",
    "cms": "CMS_verify in C, no CRLs",
    "cms-crl": "CMS_verify in C, CRLs checked",
    "pyhanko": "pyHanko, no CRLs",
    "openssl": "openssl cms -verify of a file, no CRLs",
}
SIGNERS: Final = {
    "raw": "the key's signature over the text alone",
    "unchecked": "evidence, signature not checked",
    "sign_consent": "sign_consent: evidence, signature checked",
}
RECORDS: Final = {
    "copy": "shutil.copyfileobj of the same file",
    "write": "write_file, their number known; with SHA-256, on another core",
    "write-undigested": "the same without SHA-256",
    "write-uncounted": "write_file, their number not known: by way of a temporary file",
    "read": "read_file: every field, sizes, padding, numbers and counts",
    "check": "check: the same, rules and repeats too",
}
FILES: Final = {"certificate": "a certificate", "key": "a private key, PEM", "pkcs12": "a PKCS#12 file"}
MEGABYTE: Final = 1_000_000
NEW_OPENSSL: Final = (3, 5)


@dataclass(frozen=True)
class Results:
    """Everything of one run. Times are microseconds; where they are lists, one for each round."""

    form: str
    machine: Mapping[str, str]
    consents: int
    revoked: int
    judging: Mapping[KeyKind, Times]
    signing: Mapping[KeyKind, Times]
    cores: Times
    core_count: int
    files: Times
    sizes: Mapping[int, Mapping[str, float]]
    opening: Mapping[str, float]
    opening_revoked: int
    starting: Times
    records: Times
    record_count: int
    records_peak_bytes: float
    left_out: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Target:
    """What a figure should be: `at_least` it or, if not that, at most. `found` is None where it was not measured."""

    says: str
    found: float | None
    limit: float
    at_least: bool = True
    unit: str = ""

    @property
    def met(self) -> bool | None:
        if self.found is None:
            return None
        return self.found >= self.limit if self.at_least else self.found <= self.limit

    @property
    def verdict(self) -> str:
        return {None: "not measured", True: "met", False: "not met"}[self.met]


def targets(results: Results) -> list[Target]:
    """What is wanted, beside what was found."""
    rsa, p256 = results.judging.get("rsa", {}), results.judging.get("p256", {})
    is_new = openssl_version(results.machine.get("OpenSSL of the C part", "")) >= NEW_OPENSSL
    than_cms = "× CMS_verify of OpenSSL " + ("3.5 or later" if is_new else "3.0") + ", which checks no CRLs"
    found = [
        Target("RSA-2048: of the floor", ratio(rsa, "floor", "dongui"), 0.40),
        Target(f"RSA-2048: {than_cms}", ratio(rsa, "cms", "dongui"), 1.3 if is_new else 2.5),
        Target("RSA-2048: × CMS_verify with CRLs", ratio(rsa, "cms-crl", "dongui"), 30),
        Target("RSA-2048: × pyHanko, which checks no CRLs", ratio(rsa, "pyhanko", "dongui"), 22),
        Target("P-256: of the floor", ratio(p256, "floor", "dongui"), 0.50),
    ]
    if not is_new:
        found.append(Target(f"P-256: {than_cms}", ratio(p256, "cms", "dongui"), 2))
    if results.core_count == 2:
        found.append(Target("two cores: × one", ratio(results.cores, "one", "all"), 1.7))
    spread = [abs(one["of_smallest"] - 1) for one in results.sizes.values()]
    among = " to ".join(f"{size:,}" for size in (min(results.sizes), max(results.sizes))) if results.sizes else "-"
    found += [
        Target(
            f"{among} consents: farthest from the cost among the fewest",
            max(spread, default=None),
            0.10,
            at_least=False,
        ),
        *_of_opening(results),
        Target("RSA-2048: unchecked signing, of raw", ratio(results.signing.get("rsa", {}), "raw", "unchecked"), 0.90),
        Target("P-256: unchecked signing, of raw", ratio(results.signing.get("p256", {}), "raw", "unchecked"), 0.55),
        Target("start: × import cryptography.x509", ratio(results.starting, "verify", "import"), 3, at_least=False),
        Target("FB0110: writing, × copyfileobj", ratio(results.records, "write", "copy"), 3, at_least=False),
        Target("FB0110: reading, × copyfileobj", ratio(results.records, "read", "copy"), 4, at_least=False),
        Target("FB0110: memory", _memory(results), 150, at_least=False, unit=" MB"),
    ]
    return found


def _of_opening(results: Results) -> Iterator[Target]:
    """These are about lists of a million entries in all, and say nothing with shorter ones."""
    opening = results.opening if AUTHORITIES * results.opening_revoked >= 1_000_000 else {}

    def found(name: str, unit: float) -> float | None:
        return opening[name] / unit if name in opening else None

    yield Target("CRLs of 10^6 in all: memory", found("peak_bytes", MEGABYTE), 300, at_least=False, unit=" MB")
    yield Target("CRLs of 10^6 in all: open", found("open-new", 1e6), 3, at_least=False, unit=" s")
    yield Target("CRLs of 10^6 in all: open with index", found("open-again", 1e6), 0.3, at_least=False, unit=" s")


def _memory(results: Results) -> float | None:
    return results.records_peak_bytes / MEGABYTE if results.records else None


def openssl_version(name: str) -> tuple[int, int]:
    """(3, 0) of `OpenSSL 3.0.19 27 Jan 2026`; (0, 0) where there is none."""
    words = name.split()
    if len(words) < 2:
        return 0, 0
    major, minor, *_ = words[1].split(".")
    return int(major), int(minor)


def as_json(results: Results) -> dict[str, object]:
    """All of it, with the medians and targets that follow from it."""
    return {
        **asdict(results),
        "medians": {
            section: {kind: {name: median(times, name) for name in times} for kind, times in of_kind.items()}
            for section, of_kind in (("judging", results.judging), ("signing", results.signing))
        },
        "targets": [{**asdict(target), "met": target.met} for target in targets(results)],
    }


def table(results: Results) -> str:
    """All of it in Markdown, to be read as it is, too."""
    return "\n".join([*_head(results), *_figures(results), *_targets(results)]) + "\n"


def _head(results: Results) -> Iterator[str]:
    yield f"# Measured on {results.machine.get('date', '-')} ({results.form} form)"
    yield ""
    yield from (f"- {name}: {value}" for name, value in results.machine.items() if name != "date")
    yield from (f"- Left out: {name}" for name in results.left_out)


def _figures(results: Results) -> Iterator[str]:
    for kind, name in KINDS.items():
        times = results.judging.get(kind, {})
        title = f"Judging, {name}, {results.consents} consents, three CRLs of {results.revoked:,} entries"
        yield from _rows(title, ("µs a consent", "× the floor"), times, JUDGES)
        yield from _rows(f"Signing, {name}", ("µs", "× raw"), results.signing.get(kind, {}), SIGNERS)
    yield from _rows(
        f"Cores ({results.core_count}), RSA-2048, by the clock on the wall",
        ("µs a consent", "× one"),
        results.cores,
        {"one": "one worker", "all": "a worker on each core"},
    )
    yield from _header("Among many, RSA-2048", "consents", "µs a consent", "× the fewest", "peak memory, MB")
    for size, one in results.sizes.items():
        cells = f"{one['microseconds']:,.1f} | {one['of_smallest']:.2f} | {one['peak_bytes'] / MEGABYTE:,.0f}"
        yield f"| {size:,} | {cells} |"
    yield from _rows("Opening files", ("µs", "× a certificate"), results.files, FILES)
    yield from _header(f"A trust folder with three CRLs of {results.opening_revoked:,} entries", "", "as new", "again")
    for name, label in (("open", "opened, ms"), ("first-verdict", "first verdict, ms")):
        new, again = (results.opening[f"{name}-{when}"] / 1000 for when in ("new", "again"))
        yield f"| {label} | {new:,.0f} | {again:,.0f} |"
    yield f"| peak memory, MB | {results.opening['peak_bytes'] / MEGABYTE:,.0f} | |"
    title = f"FB0110, {results.record_count:,} records of 4 KB evidence, by the clock on the wall"
    yield from _rows(title, ("µs a record", "× copy"), results.records, RECORDS)
    starting = {"import": "python -c 'import cryptography.x509'", "verify": "dongui verify of one DER"}
    yield from _rows("Starting", ("µs", "× import"), results.starting, starting)


def _rows(title: str, units: tuple[str, str], times: Times, labels: Mapping[str, str]) -> Iterator[str]:
    """`labels` has what the others are compared with first."""
    yield from _header(title, "", *units)
    base = next(iter(labels))
    for name, label in labels.items():
        found = median(times, name)
        if found is not None:
            related = ratio(times, name, base)
            yield f"| {label} | {found:,.1f} | " + ("-" if related is None else f"{related:,.2f}") + " |"


def _header(title: str, *columns: str) -> Iterator[str]:
    yield from ("", f"## {title}", "", "| " + " | ".join(columns) + " |", "|---|" + "---:|" * (len(columns) - 1))


def _targets(results: Results) -> Iterator[str]:
    yield from _header("Targets", "", "found", "wanted", "")
    for one in targets(results):
        found = "-" if one.found is None else f"{one.found:.2f}{one.unit}"
        bound = "≥" if one.at_least else "≤"
        yield f"| {one.says} | {found} | {bound} {one.limit:.2f}{one.unit} | {one.verdict} |"
