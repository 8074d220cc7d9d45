"""Lists are asked about a few certificates, and answer as if they had been read from end to end.

Every verdict here is compared with the one by whole lists (`conftest.both_ways`).
"""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from cryptography import x509

from certs import TrustStore
from certs.demo_certificates import PayerProfile, payer_key_pair
from certs.keys import KeyPair
from certs.list_index import ListIndex
from consent import Charset, ConsentText
from signer import LocalKey, sign_consent
from tests.conftest import BUILT_AT
from tests.fuzz.pki import PKI
from tests.verifier.conftest import JUDGED_AT, Judge
from tests.verifier.forge import Forge
from tests.verifier.lists import (
    CERTIFICATE_ISSUER,
    INVALIDITY_DATE,
    REASON,
    entry,
    extension,
    list_of,
    long_list,
    reason,
)
from tests.verifier.raw import parts
from tests.verifier.surgery import elements, tlv
from verifier import Indication, Verdict, policies, standing, verify_der
from verifier.crls import read_list
from verifier.standing import MOST_ASKED_SINGLY
from verifier.subject import Subject
from verifier.verify import judge as judge_once

DAY = timedelta(days=1)
ISSUER, STRANGER = PKI.intermediates[0].key_pair, PKI.intermediates[1].key_pair
PAYER = PKI.payers["rsa"]
SERIAL = PAYER.certificate.serial_number
MESSAGE = Forge(PKI).der()
PASSED, UNCLEAR, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED


def trust_with(*lists: bytes) -> TrustStore:
    return TrustStore.of([PKI.root.der], [one.der for one in PKI.intermediates], [PKI.root.crl, *lists])


def revocation(verdict: Verdict) -> set[str]:
    assert "CMS-199" not in {finding.code for finding in verdict.findings}
    return {finding.code for finding in verdict.findings if finding.check == "revocation"}


def names(pair: KeyPair = STRANGER) -> bytes:
    issuers = x509.CertificateIssuer([x509.DirectoryName(pair.certificate.subject)])
    return extension(CERTIFICATE_ISSUER, issuers.public_bytes(), critical=True)


UNKNOWN = bytes.fromhex("06032a0304")
LIKE_A_REASON = bytes.fromhex("06062a0603551d15")
"""1.2.6.3.85.29.21, whose encoding ends with that of the reasonCode's identifier."""
SCOPE = bytes.fromhex("0603551d1c")
DELTA = bytes.fromhex("0603551d1b")
HOLD, REMOVED = reason(x509.ReasonFlags.certificate_hold), reason(x509.ReasonFlags.remove_from_crl)
SINCE = extension(INVALIDITY_DATE, tlv(0x18, b"20260520000000Z"))
ENTRIES: dict[str, Callable[[int], list[bytes]]] = {
    "none": lambda _: [],
    "plain": lambda n: [entry(n)],
    "later": lambda n: [entry(n, at=JUDGED_AT + DAY)],
    "later, invalid since": lambda n: [entry(n, SINCE, at=JUDGED_AT + DAY)],
    "GeneralizedTime": lambda n: [entry(n, tag=0x18)],
    "held": lambda n: [entry(n, HOLD)],
    "removed": lambda n: [entry(n, REMOVED)],
    "removed, then revoked": lambda n: [entry(n, REMOVED), entry(n)],
    "revoked, then removed": lambda n: [entry(n), entry(n, REMOVED)],
    "later, then held": lambda n: [entry(n, at=JUDGED_AT + DAY), entry(n, HOLD)],
    "unknown": lambda n: [entry(n, extension(UNKNOWN, b"\5\0"))],
    "unknown and critical": lambda n: [entry(n, extension(UNKNOWN, b"\5\0", critical=True), at=JUDGED_AT + DAY)],
    "unknown and critical elsewhere": lambda n: [entry(n + 1, extension(UNKNOWN, b"\5\0", critical=True))],
    "removed, unknown and critical": lambda n: [entry(n, REMOVED, extension(UNKNOWN, b"\5\0", critical=True))],
    "illegible": lambda n: [entry(n, extension(INVALIDITY_DATE, b"\5\0"), at=JUDGED_AT + DAY)],
    "illegible elsewhere": lambda n: [entry(n + 1, extension(INVALIDITY_DATE, b"\5\0"))],
    "twice the same extension": lambda n: [entry(n, HOLD, HOLD)],
    "of another authority": lambda n: [entry(n + 1, names()), entry(n)],
    "of another authority and back": lambda n: [entry(n + 1, names()), entry(n + 2, names(ISSUER)), entry(n)],
    "of another authority afterwards": lambda n: [entry(n), entry(n + 1, names())],
    "of nobody legible": lambda n: [entry(n + 1, extension(CERTIFICATE_ISSUER, b"\5\0")), entry(n)],
    "nobody legible elsewhere": lambda n: [entry(n + 1, extension(CERTIFICATE_ISSUER, b"\5\0"))],
    "the other's bytes in a number": lambda _: [entry(int.from_bytes(CERTIFICATE_ISSUER))],
}
KINDS: dict[str, tuple[bytes, ...]] = {
    "complete": (),
    "delta": (extension(DELTA, b"\2\1\1", critical=True),),
    "indirect": (extension(SCOPE, b"\x30\3\x84\1\xff", critical=True),),
    "of payers": (extension(SCOPE, b"\x30\3\x81\1\xff", critical=True),),
    "unknown": (extension(UNKNOWN, b"\5\0", critical=True),),
    "illegible": (extension(SCOPE, b"\5\0", critical=True),),
}
AROUND = [-(2**64), *range(-3, 3), 2**63, 2**64 - 1, 2**150]


def made(kind: str, what: str, at: datetime, extra: int = 0) -> bytes:
    """Its entry stands between others, those of the same low bits among them."""
    before = [entry(number) for number in AROUND[: len(AROUND) // 2]]
    after = [entry(number) for number in (*AROUND[len(AROUND) // 2 :], SERIAL ^ 1 << 70, SERIAL + 2**158, extra)]
    return list_of(ISSUER, [*before, *ENTRIES[what](SERIAL), *after], *KINDS[kind], at=at)


def test_whatever_stands_in_a_list_it_says_what_the_whole_list_says(judge: Judge) -> None:
    told = Counter[str]()
    for kind, what in product(KINDS, ENTRIES):
        for at in (BUILT_AT - DAY, JUDGED_AT + 2 * DAY):
            verdict = judge(MESSAGE, trust=trust_with(made(kind, what, at)))
            told.update(revocation(verdict) or {"nothing"})
    assert {"PKI-120", "PKI-121", "PKI-122", "PKI-128", "PKI-154"} <= set(told), told


def test_a_list_with_a_critical_extension_that_nobody_knows_vouches_for_nobody(judge: Judge) -> None:
    """Whichever entry has it, and however long the list is (RFC 5280 §5.3); of what it revokes it still convicts."""
    value = tlv(0x04, b"\1\1\xff\4")
    for what, expected in (
        ([entry(3, extension(UNKNOWN, value, critical=True))], "PKI-122"),
        ([entry(3), entry(2), entry(2, HOLD, extension(UNKNOWN, b"", critical=True)), entry(1)], "PKI-122"),
        ([entry(3, HOLD), entry(SERIAL), entry(2, extension(UNKNOWN, value, critical=True))], "PKI-121"),
        ([entry(3, extension(LIKE_A_REASON, b"\x0a\1\1", critical=True))], "PKI-122"),
        ([entry(3, extension(UNKNOWN, value))], "PKI-120"),
        ([entry(0x0101FF04), entry(0x550101FF04)], "PKI-120"),
        ([entry(3, extension(REASON, b"\x0a\1\1", critical=True))], "PKI-120"),
        ([entry(3, extension(bytes.fromhex("0603551d17"), b"\6\1\1", critical=True))], "PKI-120"),
        ([entry(3, names())], "PKI-120"),
    ):
        for _ in range(2):
            assert revocation(judge(MESSAGE, trust=trust_with(list_of(ISSUER, what)))) == {expected}, what


def test_a_delta_beside_its_base_says_what_the_whole_one_says(judge: Judge) -> None:
    told = Counter[str]()
    point = x509.DistributionPoint([x509.UniformResourceIdentifier("http://dongui.example/delta")], None, None, None)
    freshest = extension(bytes.fromhex("0603551d2e"), x509.FreshestCRL([point]).public_bytes())
    for in_base, in_delta in random.Random(9).sample([*product(ENTRIES, ENTRIES)], 120):
        base = list_of(ISSUER, ENTRIES[in_base](SERIAL), freshest, at=BUILT_AT - DAY)
        delta = made("delta", in_delta, BUILT_AT + DAY / 2)
        told.update(revocation(judge(MESSAGE, trust=trust_with(base, delta))) or {"nothing"})
    assert {"PKI-120", "PKI-121"} <= set(told), told


def test_an_entry_that_was_taken_out_of_a_list_is_not_vouched_for(judge: Judge) -> None:
    """Without its entries, a forged list looks like the one that its signature was taken from."""
    genuine = list_of(ISSUER, [entry(1), entry(SERIAL, at=JUDGED_AT + DAY), entry(2)])
    signature = next(e for e in elements(genuine) if e.tag == 0x03)
    signed, algorithm = parts(list_of(ISSUER, [entry(1), entry(2)]))
    forged = tlv(0x30, signed, algorithm, genuine[signature.start : signature.end])
    for _ in range(2):
        assert revocation(judge(MESSAGE, trust=trust_with(forged))) == {"PKI-122"}
        assert "PKI-154" in revocation(judge(MESSAGE, trust=trust_with(genuine)))
        for lists in ((forged, genuine), (genuine, forged)):
            assert "PKI-154" in revocation(judge(MESSAGE, trust=trust_with(*lists)))


def test_authentic_lists_that_look_alike_without_their_entries_are_kept_apart(judge: Judge) -> None:
    lists = [list_of(ISSUER, [entry(number)]) for number in (1, 2, SERIAL, 3)]
    read = [read_list(der, ListIndex.of(der)) for der in lists]
    assert len({one.crl["tbs_cert_list"].dump() for one in read if one is not None and one.crl is not None}) == 1
    assert revocation(judge(MESSAGE, trust=trust_with(*lists))) == {"PKI-121"}
    assert revocation(judge(MESSAGE, trust=trust_with(*lists[:2], lists[3]))) == {"PKI-120"}


def test_a_list_signed_by_another_key_of_its_issuer_s_name_is_not_taken_for_signed(judge: Judge) -> None:
    signed, algorithm = parts(list_of(ISSUER, [entry(1)]))
    for signer in (STRANGER, PAYER):
        other = list_of(replace(ISSUER, private_key=signer.private_key, certificate=signer.certificate), [entry(1)])
        signature = next(e for e in elements(other) if e.tag == 0x03)
        forged = tlv(0x30, signed, algorithm, other[signature.start : signature.end])
        assert revocation(judge(MESSAGE, trust=trust_with(forged))) == {"PKI-122"}


def payer(name: str) -> KeyPair:
    return payer_key_pair(PayerProfile(name, 0, "p256", name, "홍길동"), ISSUER, BUILT_AT, name.encode())


ONE, ANOTHER = payer("one"), payer("another")


def judged(pair: KeyPair, trust: TrustStore) -> Indication:
    message = sign_consent(ConsentText.of("동의합니다.", Charset.UTF_8), LocalKey.of(pair), at=BUILT_AT)
    return verify_der(message, trust=trust, policy=policies.KFTC, at=JUDGED_AT).indication


@pytest.fixture
def recalled(monkeypatch: pytest.MonkeyPatch) -> Counter[bool]:
    """How often it was known what path validation would find, and how often not."""
    counts = Counter[bool]()
    recall = standing.Standing.recall

    def counted(*args: object) -> object:
        result = recall(*args)  # type: ignore[arg-type]
        counts[result is not None] += 1
        return result

    monkeypatch.setattr(standing.Standing, "recall", counted)
    return counts


@pytest.mark.parametrize("count", [1, 2, MOST_ASKED_SINGLY, MOST_ASKED_SINGLY + 1, 2 * MOST_ASKED_SINGLY])
def test_of_many_lists_of_an_authority_each_is_asked(count: int, recalled: Counter[bool]) -> None:
    """Be it the longest or the shortest; another payer's certificate of that shape is known to be good by then."""
    number = ANOTHER.certificate.serial_number
    for revoked in range(count):
        lengths = random.Random(revoked).sample(range(1, 20), count)
        listed = [[entry(n - 5) for n in range(length)] for length in lengths]
        listed[revoked].append(entry(number))
        trust = trust_with(*(list_of(ISSUER, entries, at=BUILT_AT - n * DAY / 9) for n, entries in enumerate(listed)))
        recalled.clear()
        for pair, expected in ((ONE, PASSED), (ONE, PASSED), (ONE, PASSED), (ANOTHER, FAILED)):
            assert judged(pair, trust) is expected
        assert recalled[True] == 1


def test_the_two_payers_are_of_one_shape(recalled: Counter[bool]) -> None:
    """Else the test before would show nothing: without an entry, the second is known to be good by the first."""
    trust = trust_with(long_list(ISSUER, range(1000)))
    assert [judged(pair, trust) for pair in (ONE, ONE, ANOTHER)] == [PASSED] * 3
    assert recalled[True] == 1


def test_long_lists_cost_little_more_memory_than_their_bytes() -> None:
    der = long_list(ISSUER, [*range(2**60, 2**60 + 30_000), SERIAL])
    judge_once(Subject(MESSAGE, trust_with(), policies.KFTC, JUDGED_AT))  # loads what is loaded late
    tracemalloc.start()
    trust = trust_with(der)
    for _ in range(3):
        assert judge_once(Subject(MESSAGE, trust, policies.KFTC, JUDGED_AT)).indication is FAILED
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < len(der)  # beside the list, which was there before
