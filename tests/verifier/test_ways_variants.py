"""Attempts to get another verdict the short way than the long one: one defect at a time, and what the clever have."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from itertools import islice

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs import Revocation, TrustSettings, TrustStore
from certs.demo_certificates import crl
from certs.keys import KeyPair
from certs.trust import TrustItem
from tests.conftest import BUILT_AT
from tests.fuzz.pki import JUDGED_AT, PKI, TRUST
from tests.verifier.forge import Forge, sign
from tests.verifier.raw import CA, Extension, certified, der_of, parts
from tests.verifier.surgery import elements, replaced, tlv, with_certificates
from tests.verifier.variants import variants
from tests.verifier.ways import assert_says_what_the_tree_says, the_long_way
from verifier import Indication, VerifyPolicy, policies
from verifier.common_certificate import MOST_BYTES, Shape, _strict_extension, read_common_certificate
from verifier.common_layout import read_common
from verifier.search import is_sound
from verifier.straight import MOST_NAME_BYTES, NAME_DEPTH, Uncommon, strict_name
from verifier.subject import Subject, _met, _standings
from verifier.verdict import Verdict
from verifier.verify import judge

PAYERS = {"rsa": 0, "ecdsa": 1}  # and which of the authorities has issued them
KEY_IDENTIFIER: Extension = (x509.SubjectKeyIdentifier(b"\x01" * 20), False)


def thinned(all_of_them: Iterable[bytes], step: int) -> Iterator[bytes]:
    return islice(all_of_them, 0, None, step)


def both(der: bytes, trust: TrustStore = TRUST, policy: VerifyPolicy = policies.CMS) -> Verdict:
    """The verdict, the same both ways; the message is of the common layout."""
    _ = Subject(b"", trust, policy, JUDGED_AT).standing
    subject = Subject(der, trust, policy, JUDGED_AT)
    assert subject.common is not None
    verdict, again = judge(subject), the_long_way(subject)
    assert verdict == judge(again)
    assert subject.path_result == again.path_result
    return verdict


def with_certificate(der: bytes, certificate: bytes) -> bytes:
    """The message with this certificate, and a signer identifier that names it."""
    fields = next(elements(certificate)).children[0].children
    sid = tlv(0x30, *(certificate[fields[place].start : fields[place].end] for place in (3, 1)))
    return with_sid(with_certificates(der, certificate), sid)


def with_sid(der: bytes, sid: bytes) -> bytes:
    signer_info = next(elements(der)).children[1].children[0].children[-1].children[0]
    return replaced(der, signer_info.children[1], sid)


def message_of(pair: KeyPair) -> bytes:
    return Forge(replace(PKI, payers={"rsa": pair})).der()


@pytest.mark.parametrize("payer", PAYERS)
def test_a_message_with_one_defect_is_read_as_the_tree_is_or_not_at_all(payer: str) -> None:
    read = 0
    for variant in thinned(variants(Forge(PKI, payer=payer).der()), 9):
        common = read_common(variant, read_common_certificate)
        if common is not None:
            read += 1
            assert_says_what_the_tree_says(variant, common)
    assert read > 200


@pytest.mark.parametrize("payer", PAYERS)
def test_of_the_certificates_of_a_shape_all_are_sound_or_none(payer: str) -> None:
    is_shape_sound: dict[Shape, bool] = {}
    for variant in thinned(variants(der_of(PKI.payers[payer])), 9):
        common = read_common_certificate(variant)
        if common is not None:
            assert is_sound(variant) == is_shape_sound.setdefault(common.shape, is_sound(variant))
    assert len(is_shape_sound) > 70


@pytest.mark.parametrize("payer", PAYERS)
def test_a_certificate_with_one_defect_honestly_signed_is_judged_the_same_both_ways(payer: str) -> None:
    message = Forge(PKI, payer=payer).der()
    assert both(message).indication is Indication.TOTAL_PASSED  # and is remembered
    signed, algorithm = parts(der_of(PKI.payers[payer]))
    issuer = PKI.intermediates[PAYERS[payer]].key_pair
    judged = 0
    for variant in thinned(variants(signed), 41):
        signature = tlv(0x03, b"\0" + sign(issuer, variant, "sha256"))
        certificate = tlv(0x30, variant, algorithm, signature)
        if read_common_certificate(certificate) is not None:
            judged += 1
            both(with_certificate(message, certificate))
    assert judged > 40


@pytest.mark.parametrize("mode", Revocation)
def test_a_payer_with_name_and_key_of_an_authority_above(mode: Revocation) -> None:
    """RFC 5280 §6.1 allows no certificate twice on a path, and the search takes name and key for one."""
    root = certified(None, "root", CA, KEY_IDENTIFIER)
    upper = certified(root, "upper", CA, KEY_IDENTIFIER)
    lower = certified(upper, "lower", CA, KEY_IDENTIFIER)
    payer = certified(lower, "payer", KEY_IDENTIFIER)
    odd = certified(lower, "upper", KEY_IDENTIFIER, key=upper.private_key)
    others = [
        certified(lower, "upper", KEY_IDENTIFIER),
        certified(lower, "another", KEY_IDENTIFIER, key=upper.private_key),
        certified(lower, "lower", KEY_IDENTIFIER),
        certified(lower, x509.Name([]), KEY_IDENTIFIER),
    ]
    trust = TrustStore.of(
        [der_of(root)],
        [der_of(upper), der_of(lower)],
        [crl(one, [], BUILT_AT, 30) for one in (root, upper, lower)],
        settings=TrustSettings(revocation=mode),
    )
    for one in (payer, *others, *others):
        assert both(message_of(one), trust).indication is Indication.TOTAL_PASSED
    assert both(message_of(odd), trust).indication is Indication.TOTAL_FAILED


@pytest.mark.parametrize("depth", [1, 4, 5, 35, 36, 38, 40, 41])
def test_a_name_that_nests_deep_is_not_read_straight_through(depth: int) -> None:
    """In the message it stands deeper than by itself, and there is a limit."""
    name = b""
    for _ in range(depth):
        name = tlv(0x30, name)
    der = with_sid(Forge(PKI).der(), tlv(0x30, name, tlv(0x02, b"\1")))
    _ = Subject(b"", TRUST, policies.KFTC, JUDGED_AT).standing
    subject = Subject(der, TRUST, policies.KFTC, JUDGED_AT)
    assert subject.common is None  # no certificate has that name
    with nullcontext() if depth <= NAME_DEPTH else pytest.raises(Uncommon):
        strict_name(name)
    assert judge(subject) == judge(the_long_way(subject))


def test_little_is_remembered_of_a_hostile_message() -> None:
    with pytest.raises(Uncommon):
        strict_name(tlv(0x04, bytes(MOST_NAME_BYTES)))
    unknown: Extension = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), bytes(MOST_BYTES)), False)
    large, looked_at = der_of(certified(None, "payer", KEY_IDENTIFIER, unknown)), _strict_extension.cache_info().misses
    assert read_common_certificate(large) is None
    assert _strict_extension.cache_info().misses == looked_at
    assert read_common_certificate(der_of(certified(None, "payer", KEY_IDENTIFIER))) is not None


def test_what_a_policy_says_counts_and_not_how_it_is_called() -> None:
    """Two of one name do not find each other's remarks on a certificate."""
    purpose: Extension = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
    root = certified(None, "root", CA)
    trust = TrustStore.of([der_of(root)], settings=TrustSettings(revocation=Revocation.NONE))
    message = message_of(certified(root, "payer", purpose))
    stricter = replace(policies.CMS, purposes=frozenset({"1.2.3"}))
    for policy, expected in ((policies.CMS, Indication.TOTAL_PASSED), (stricter, Indication.TOTAL_FAILED)):
        for _ in range(2):
            assert both(message, trust, policy).indication is expected


def test_a_list_that_only_one_library_can_read_is_not_overlooked() -> None:
    """A store put together by hand may hold one; `TrustStore.of` and `open` refuse it."""
    root = certified(None, "root", CA, KEY_IDENTIFIER)
    payer, revoked = (certified(root, name, KEY_IDENTIFIER) for name in ("one", "another"))
    der = crl(root, [revoked.certificate.serial_number], BUILT_AT, 30)
    start = next(elements(der)).body
    ber = b"\x30\x83" + (len(der) - start).to_bytes(3) + der[start:]
    trust = replace(TrustStore.of([der_of(root)]), crls=(TrustItem(ber, "crls[0]"),))
    assert both(message_of(payer), trust).indication is Indication.TOTAL_PASSED
    assert both(message_of(revoked), trust).indication is Indication.TOTAL_FAILED


def test_stores_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """One may come to lie where another was, which is not left to chance here; and equal ones are not the same."""
    number = PKI.payers["rsa"].certificate.serial_number
    lists = TrustStore.of([PKI.root.der], crls=[crl(PKI.intermediates[0].key_pair, [number], BUILT_AT, 30)]).crls
    revoking = replace(TRUST, crls=(TRUST.crls[0], *lists))
    message = Forge(PKI).der()
    assert judge(Subject(message, TRUST, policies.KFTC, JUDGED_AT)).indication is Indication.TOTAL_PASSED
    remembered = Subject(message, TRUST, policies.KFTC, JUDGED_AT).standing
    assert remembered is not None and remembered.trust is TRUST
    for turn in range(12):
        trust = pickle.loads(pickle.dumps(revoking if turn % 3 == 0 else TRUST))
        monkeypatch.setitem(_met, id(trust), TRUST)
        monkeypatch.setitem(_standings, id(trust), remembered)
        wanted = Indication.TOTAL_FAILED if turn % 3 == 0 else Indication.TOTAL_PASSED
        for _ in range(3):
            assert judge(Subject(message, trust, policies.KFTC, JUDGED_AT)).indication is wanted


def test_a_name_of_odd_length_in_an_extension_is_judged_quietly() -> None:
    """`cryptography` warns where it reads one, and whoever makes errors of warnings would get another verdict."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        country = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "korea", _validate=False)])
    odd: Extension = (x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(country)], 1), False)
    root = certified(None, "root", CA)
    trust = TrustStore.of([der_of(root)], settings=TrustSettings(revocation=Revocation.NONE))
    messages = [message_of(certified(root, payer, odd)) for payer in ("one", "another")]
    both(messages[0], trust)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert both(messages[1], trust, policies.KFTC).policy == "kftc"


def test_whatever_goes_wrong_on_the_short_way_the_long_one_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise MemoryError

    der = Forge(PKI).der()
    assert both(der).indication is Indication.TOTAL_PASSED
    monkeypatch.setattr("verifier.common_certificate.x509.load_der_x509_certificate", broken)
    subject = Subject(der, TRUST, policies.CMS, JUDGED_AT)
    assert subject.common is None
    monkeypatch.undo()
    assert judge(subject).indication is Indication.TOTAL_PASSED
