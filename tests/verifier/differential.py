"""`make differential`: messages with one defect each, judged straight through and as a tree. Both must say the same.

    python -m tests.verifier.differential [--count 100000] [--processes N]

What is judged comes from four families, in turn for each payer of the fixed demo PKI: every element of a message put
wrong in every way that `variants` knows; bits, bytes and pieces changed at random places; the signer's certificate with
one defect, honestly signed by its authority; the signed attributes with one defect, honestly signed by the payer. Ends
with 1 if any two verdicts differ in anything, findings and their places included.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from tests.fuzz.pki import JUDGED_AT, PKI, TRUST
from tests.verifier.forge import Forge, sign
from tests.verifier.mutants import mutants
from tests.verifier.raw import der_of, parts
from tests.verifier.surgery import elements, replaced, tlv, with_certificates
from tests.verifier.variants import variants
from tests.verifier.ways import the_long_way
from verifier import policies
from verifier.der import Element, read_der
from verifier.subject import Subject
from verifier.verify import judge

PAYERS: Final = ("rsa", "ecdsa", "corporate", "ecdsa384")
MUTANTS: Final = 20_000


class Outcome(NamedTuple):
    """How many were judged and read straight through, what came out how often, and those that differ, in hex."""

    judged: int
    straight: int
    indications: Counter[str]
    differ: list[str]


Finish = Callable[[bytes], bytes]


def structures(payer: str) -> tuple[Iterator[bytes], Finish]:
    return variants(Forge(PKI, payer=payer).der()), bytes


def with_authority(payer: str) -> tuple[Iterator[bytes], Finish]:
    return variants(Forge(PKI, payer=payer, intermediates=True).der()), bytes


def octets(payer: str) -> tuple[Iterator[bytes], Finish]:
    return mutants(Forge(PKI, payer=payer).der(), MUTANTS), bytes


def certificates(payer: str) -> tuple[Iterator[bytes], Finish]:
    message = Forge(PKI, payer=payer).der()
    certificate = PKI.payers[payer].certificate
    signed, algorithm = parts(der_of(PKI.payers[payer]))
    issuer = next(one.key_pair for one in PKI.intermediates if one.key_pair.certificate.subject == certificate.issuer)

    def finish(variant: bytes) -> bytes:
        signature = tlv(0x03, b"\0" + sign(issuer, variant, "sha256"))
        return with_certificate(message, tlv(0x30, variant, algorithm, signature))

    return variants(signed), finish


def with_certificate(message: bytes, certificate: bytes) -> bytes:
    """With a signer identifier that names this certificate, if it has a name."""
    changed = with_certificates(message, certificate)
    root, _ = read_der(certificate)
    fields = root.children[0].children if root is not None else ()
    if len(fields) < len(("version", "serialNumber", "signature", "issuer")):
        return changed
    sid = tlv(0x30, *(certificate[fields[place].start : fields[place].end] for place in (3, 1)))
    return replaced(changed, signer_info(changed).children[1], sid)


def attributes(payer: str) -> tuple[Iterator[bytes], Finish]:
    message = Forge(PKI, payer=payer).der()
    old = signer_info(message)
    fields = [message[field.start : field.end] for field in old.children]

    def finish(variant: bytes) -> bytes:
        signature = tlv(0x04, sign(PKI.payers[payer], variant, "sha256"))
        return replaced(message, old, tlv(0x30, *fields[:3], b"\xa0" + variant[1:], fields[4], signature))

    return variants(b"\x31" + fields[3][1:]), finish


def signer_info(message: bytes) -> Element:
    return next(elements(message)).children[1].children[0].children[-1].children[0]


FAMILIES: Final[tuple[Callable[[str], tuple[Iterator[bytes], Finish]], ...]] = (
    *(structures, with_authority, octets, certificates, attributes),
)
"""Each gives what is put wrong, and what makes a message of it."""

ATTRIBUTES: Final = FAMILIES.index(attributes)


def available() -> int:
    return sum(1 for family in FAMILIES for payer in PAYERS for _ in family(payer)[0])


def compare(task: tuple[int, str, int, int]) -> Outcome:
    """Judge every `step`-th message of a family, from the one numbered `first` on."""
    number, payer, first, step = task
    raw, finish = FAMILIES[number](payer)
    judged = straight = 0
    indications: Counter[str] = Counter()
    differ: list[str] = []
    _ = Subject(b"", TRUST, policies.KFTC, JUDGED_AT).standing  # a store's first message goes the long way
    for der in map(finish, islice(raw, first, None, step)):
        quick = Subject(der, TRUST, policies.KFTC, JUDGED_AT)
        verdict = judge(quick)
        judged += 1
        straight += quick.common is not None
        indications[verdict.indication.name] += 1
        if verdict != judge(the_long_way(quick)):
            differ.append(der.hex())
    return Outcome(judged, straight, indications, differ)


def run(count: int, processes: int) -> Outcome:
    """About `count` messages, spread evenly over all that there are."""
    parts_each = 4
    step = max(1, available() // count)
    tasks = [
        (family, payer, part * step, step * parts_each)
        for family in range(len(FAMILIES))
        for payer in PAYERS
        for part in range(parts_each)
    ]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        outcomes = []
        for done, outcome in enumerate(pool.imap_unordered(compare, tasks), start=1):
            outcomes.append(outcome)
            print(f"{done} of {len(tasks)} parts, {sum(one.judged for one in outcomes)} messages", flush=True)
    return Outcome(
        sum(one.judged for one in outcomes),
        sum(one.straight for one in outcomes),
        sum((one.indications for one in outcomes), Counter()),
        [der for one in outcomes for der in one.differ],
    )


def main() -> None:
    wanted = argparse.ArgumentParser(description="Messages with one defect each, judged both ways.")
    wanted.add_argument("--count", type=int, default=100_000)
    wanted.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = wanted.parse_args()
    outcome = run(arguments.count, arguments.processes)
    print(f"judged both ways: {outcome.judged}, of which read straight through: {outcome.straight}")
    print("verdicts: " + ", ".join(f"{name} {number}" for name, number in sorted(outcome.indications.items())))
    print(f"differences: {len(outcome.differ)}")
    for der in outcome.differ[:10]:
        print(f"  {der}")
    sys.exit(1 if outcome.differ or outcome.judged < arguments.count else 0)


if __name__ == "__main__":
    main()
