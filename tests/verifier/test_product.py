"""Certificate products: which sign consents, and that a certificate cannot choose its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from certs import Holder, PathInputs, ProductRules, Revocation, TrustSettings, TrustStore
from certs.keys import KeyPair
from certs.products import ANY_POLICY, products
from tests.verifier.conftest import JUDGED_AT
from tests.verifier.forge import Forge
from tests.verifier.raw import CA, Extension, certified, der_of
from verifier import Check, Finding, Indication, Verdict, VerifyPolicy, policies, verify_der

PERSONAL = "1.2.410.200005.1.1.1"
CORPORATE = "1.2.410.200005.1.1.5"
BANK = "1.2.410.200005.1.1.4"
CARD = "1.2.410.200005.1.1.6.2"
TAX = "1.2.410.200005.1.1.6.8"
SERVER = "1.2.410.200004.5.4.1.3"
UNKNOWN = "1.3.6.1.4.1.99999.1"
PASSED, UNCLEAR, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED
PRODUCT_CODES = {*(f"PKI-{n}" for n in (144, 145, 146, 147, 148, 149, 161, 162, 163))}


def policy(*oids: str) -> list[Extension]:
    """The extension, or none for no OIDs."""
    infos = [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]
    return [(x509.CertificatePolicies(infos), True)] if oids else []


def mapping(issuer_domain: str, subject_domain: str) -> Extension:
    one = {"issuer_domain_policy": issuer_domain, "subject_domain_policy": subject_domain}
    encoded = bytes(asn1_x509.PolicyMappings([one]).dump())
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), encoded), True


def judged(
    forge: Forge,
    leaf: list[Extension],
    *above: list[Extension],
    rules: ProductRules | None = None,
    path: PathInputs | None = None,
    under: VerifyPolicy = policies.KFTC,
    holder: Holder | None = None,
) -> Verdict:
    """Judge a message of a signer with the extensions `leaf`, below authorities with those of `above`, from the top."""
    root = certified(None, "root", CA)
    issuer, authorities = root, list[KeyPair]()
    for number, extensions in enumerate(above):
        issuer = certified(issuer, f"authority {number}", CA, *extensions)
        authorities.append(issuer)
    signer = certified(issuer, "signer", *leaf)
    settings = TrustSettings(revocation=Revocation.NONE, products=rules or ProductRules(), path=path or PathInputs())
    trust = TrustStore.of([der_of(root)], [der_of(a) for a in authorities], settings=settings)
    der = forge.but(pki=replace(forge.pki, payers={"rsa": signer})).der()
    return verify_der(der, trust=trust, policy=under, at=JUDGED_AT, holder=holder)


def about(verdict: Verdict) -> dict[str, Finding]:
    """What is said of the product; nothing else may be against the message."""
    found = {f.code: f for f in verdict.findings if f.code in PRODUCT_CODES}
    others = {f.code for f in verdict.findings if f.effect is not PASSED} - PRODUCT_CODES
    assert not others
    assert verdict.indication is max([PASSED, *(f.effect for f in found.values())])
    return found


ANYTHING = policy(ANY_POLICY)


@pytest.mark.parametrize("oid", products())
def test_every_product_gets_the_word_of_the_table(forge: Forge, oid: str) -> None:
    row = products()[oid]
    verdict = judged(forge, policy(oid), ANYTHING)
    (code,) = about(verdict)
    if row.signs:
        assert (code, verdict.indication) == ("PKI-148", PASSED)
        assert about(verdict)["PKI-148"].message("ko") == f"인증서 상품: {row.title('ko')}"
    else:
        assert (code, verdict.indication) == ("PKI-162" if row.holder is Holder.SERVER else "PKI-144", FAILED)
        assert row.title("ko") in about(verdict)[code].message("ko")


@pytest.mark.parametrize(
    ("leaf", "code", "indication"),
    [
        (policy(), None, PASSED),  # no policy
        (policy(ANY_POLICY), None, PASSED),
        (policy(UNKNOWN), "PKI-149", PASSED),
        (policy(UNKNOWN, ANY_POLICY), "PKI-149", PASSED),
        (policy(PERSONAL, CORPORATE), "PKI-148", PASSED),
        (policy(UNKNOWN, PERSONAL), "PKI-148", PASSED),
        (policy(CARD, PERSONAL), "PKI-148", PASSED),  # for card business, and for everything
        (policy(CARD, TAX), "PKI-144", FAILED),
        (policy(CARD, UNKNOWN), "PKI-144", FAILED),
        (policy(CARD, ANY_POLICY), "PKI-144", FAILED),  # anyPolicy is no product
        (policy(SERVER), "PKI-162", FAILED),
    ],
)
def test_what_a_certificate_names_by_the_table(
    forge: Forge, leaf: list[Extension], code: str | None, indication: Indication
) -> None:
    verdict = judged(forge, leaf, ANYTHING)
    assert set(about(verdict)) == ({code} if code else set())
    assert verdict.indication is indication


@pytest.mark.parametrize(
    ("leaf", "indication"),
    [
        (policy(), FAILED),
        (policy(ANY_POLICY), FAILED),
        (policy(UNKNOWN), FAILED),
        (policy(CORPORATE), FAILED),
        (policy(f"{PERSONAL}.1"), FAILED),
        (policy(PERSONAL), PASSED),
        (policy(CARD, PERSONAL), PASSED),
    ],
)
def test_with_a_list_nothing_else_passes(forge: Forge, leaf: list[Extension], indication: Indication) -> None:
    verdict = judged(forge, leaf, ANYTHING, rules=ProductRules(accepted=frozenset({PERSONAL})))
    assert verdict.indication is indication
    assert set(about(verdict)) == {"PKI-148" if indication is PASSED else "PKI-145"}


@pytest.mark.parametrize("rules", [ProductRules(accepted=frozenset({CARD})), ProductRules(also=frozenset({CARD}))])
def test_an_operator_may_accept_what_the_table_refuses(forge: Forge, rules: ProductRules) -> None:
    assert set(about(judged(forge, policy(CARD), ANYTHING, rules=rules))) == {"PKI-148"}
    assert judged(forge, policy(TAX), ANYTHING, rules=rules).indication is FAILED


def test_an_operator_may_list_a_product_that_the_table_does_not_know(forge: Forge) -> None:
    verdict = judged(forge, policy(UNKNOWN), ANYTHING, rules=ProductRules(accepted=frozenset({UNKNOWN})))
    assert about(verdict)["PKI-148"].details["product_en"] == UNKNOWN


# A certificate cannot choose its product: below, no path allows what it says of itself.

FORBIDDING = [
    pytest.param([policy(BANK)], id="an authority of another policy"),
    pytest.param([policy()], id="an authority without policies"),
    pytest.param([ANYTHING, policy(UNKNOWN)], id="the authority below one that may do anything"),
    pytest.param([policy(UNKNOWN), ANYTHING], id="an authority of anything below one of another policy"),
]


@pytest.mark.parametrize("above", FORBIDDING)
def test_a_product_that_the_path_does_not_allow_is_not_accepted(forge: Forge, above: list[list[Extension]]) -> None:
    listed = judged(forge, policy(PERSONAL), *above, rules=ProductRules(accepted=frozenset({PERSONAL})))
    assert set(about(listed)) == {"PKI-145"}
    assert listed.indication is FAILED


@pytest.mark.parametrize("above", FORBIDDING)
def test_by_the_table_it_is_no_product(forge: Forge, above: list[list[Extension]]) -> None:
    """It passes as before, where anybody's certificate does: as a product that is not known."""
    assert set(about(judged(forge, policy(PERSONAL), *above))) == {"PKI-161"}


@pytest.mark.parametrize("above", FORBIDDING)
def test_it_does_not_outweigh_one_that_is_refused(forge: Forge, above: list[list[Extension]]) -> None:
    """Whoever could add an OID to the certificate, but not to the path, would make any product a general one."""
    verdict = judged(forge, policy(CARD, PERSONAL), *above)
    assert set(about(verdict)) == {"PKI-144"}


@pytest.mark.parametrize("above", FORBIDDING)
def test_it_does_not_tell_whose_certificate_it_is(forge: Forge, above: list[list[Extension]]) -> None:
    verdict = judged(forge, policy(PERSONAL), *above, holder=Holder.PERSONAL)
    assert set(about(verdict)) == {"PKI-147", "PKI-161"}
    assert verdict.indication is UNCLEAR


def test_a_refused_product_is_refused_though_its_path_does_not_allow_it(forge: Forge) -> None:
    assert set(about(judged(forge, policy(CARD), policy(PERSONAL)))) == {"PKI-144"}


def test_any_policy_in_the_certificate_does_not_take_the_products_of_its_issuer(forge: Forge) -> None:
    """RFC 5280 §6.1.3 (d)(2) leaves the issuer's policy valid; the certificate names none."""
    rules = ProductRules(accepted=frozenset({PERSONAL}))
    assert set(about(judged(forge, policy(ANY_POLICY), policy(PERSONAL), rules=rules))) == {"PKI-145"}


def test_inhibited_any_policy_takes_products_away(forge: Forge) -> None:
    inputs, rules = PathInputs(inhibit_any_policy=True), ProductRules(accepted=frozenset({PERSONAL}))
    assert set(about(judged(forge, policy(PERSONAL), ANYTHING, path=inputs, rules=rules))) == {"PKI-145"}
    assert set(about(judged(forge, policy(PERSONAL), policy(PERSONAL), path=inputs, rules=rules))) == {"PKI-148"}


def test_a_mapped_policy_is_not_the_product_of_its_name(forge: Forge) -> None:
    """An authority for cards maps that to its own general policy: what it issues is for cards all the same."""
    above = [*policy(CARD), mapping(CARD, PERSONAL)]
    assert set(about(judged(forge, policy(PERSONAL), above))) == {"PKI-144"}
    listed = judged(forge, policy(PERSONAL), above, rules=ProductRules(accepted=frozenset({PERSONAL})))
    assert set(about(listed)) == {"PKI-145"}
    for_people = judged(forge, policy(PERSONAL), [*policy(CORPORATE), mapping(CORPORATE, PERSONAL)])
    assert set(about(for_people)) == {"PKI-161"}


def test_the_initial_policy_set_says_nothing_about_products(forge: Forge) -> None:
    """It asks another question (PKI-160), and hides no product from this one."""
    inputs = PathInputs(initial_policy_set=frozenset({UNKNOWN}))
    assert set(about(judged(forge, policy(PERSONAL), ANYTHING, path=inputs))) == {"PKI-148"}
    strict = replace(inputs, explicit_policy=True)
    codes = {f.code for f in judged(forge, policy(PERSONAL), ANYTHING, path=strict).findings}
    assert "PKI-160" in codes
    assert not codes & PRODUCT_CODES
    both = PathInputs(initial_policy_set=frozenset({PERSONAL}), explicit_policy=True)
    assert set(about(judged(forge, policy(PERSONAL, CORPORATE), ANYTHING, path=both))) == {"PKI-148"}


@pytest.mark.parametrize(
    ("leaf", "wanted", "code"),
    [
        (policy(PERSONAL), Holder.PERSONAL, "PKI-163"),
        (policy(PERSONAL), Holder.CORPORATE, "PKI-146"),
        (policy(CORPORATE), Holder.CORPORATE, "PKI-163"),
        (policy(CORPORATE), Holder.PERSONAL, "PKI-146"),
        (policy(BANK, PERSONAL), Holder.PERSONAL, "PKI-163"),
        (policy(PERSONAL, CORPORATE), Holder.PERSONAL, "PKI-147"),
        (policy(CORPORATE, PERSONAL), Holder.CORPORATE, "PKI-147"),
        (policy(UNKNOWN), Holder.PERSONAL, "PKI-147"),
        (policy(ANY_POLICY), Holder.PERSONAL, "PKI-147"),
        (policy(), Holder.CORPORATE, "PKI-147"),
        (policy(SERVER), Holder.CORPORATE, "PKI-146"),
    ],
)
@pytest.mark.parametrize("under", [policies.KFTC, policies.CMS], ids=lambda one: one.name)
def test_whom_a_certificate_is_for(
    forge: Forge, leaf: list[Extension], wanted: Holder, code: str, under: VerifyPolicy
) -> None:
    verdict = judged(forge, leaf, ANYTHING, holder=wanted, under=under)
    effects = {"PKI-163": PASSED, "PKI-147": UNCLEAR, "PKI-146": FAILED}
    assert about(verdict)[code].effect is effects[code]
    assert not {*effects} - {code} & {*about(verdict)} - {code}


def test_the_policy_cms_asks_for_no_product(forge: Forge) -> None:
    rules = ProductRules(accepted=frozenset({PERSONAL}))
    assert about(judged(forge, policy(CARD), ANYTHING, rules=rules, under=policies.CMS)) == {}


def test_a_holder_is_one_that_there_is(forge: Forge) -> None:
    with pytest.raises(ValueError, match="nobody"):
        judged(forge, policy(), ANYTHING, holder="nobody")  # type: ignore[arg-type]


def test_nothing_is_said_of_the_product_where_the_path_fails(forge: Forge) -> None:
    stranger = certified(certified(None, "another root", CA), "signer", *policy(CARD))
    der = forge.but(pki=replace(forge.pki, payers={"rsa": stranger})).der()
    verdict = verify_der(der, trust=forge.pki.trust(), policy=policies.KFTC, at=JUDGED_AT, holder=Holder.PERSONAL)
    found = [f.code for f in verdict.findings if f.check is Check.PATH]
    assert found == ["PKI-111"]


def test_of_two_paths_the_one_that_allows_the_product_counts(forge: Forge) -> None:
    """Cross-certified: one root allows the authority every policy, the other none."""
    generous, mean = certified(None, "generous", CA), certified(None, "mean", CA)
    authority = certified(generous, "authority", CA, *ANYTHING)
    other = certified(mean, "authority", CA, key=authority.private_key)
    signer = certified(authority, "signer", *policy(PERSONAL))
    settings = TrustSettings(revocation=Revocation.NONE, products=ProductRules(accepted=frozenset({PERSONAL})))
    der = forge.but(pki=replace(forge.pki, payers={"rsa": signer})).der()
    for known in ([authority, other], [other, authority]):
        anchors = [der_of(generous), der_of(mean)]
        trust = TrustStore.of(anchors, [der_of(one) for one in known], settings=settings)
        assert verify_der(der, trust=trust, policy=policies.KFTC, at=JUDGED_AT).indication is PASSED
    alone = TrustStore.of([der_of(mean)], [der_of(other)], settings=settings)
    assert verify_der(der, trust=alone, policy=policies.KFTC, at=JUDGED_AT).indication is FAILED


def test_thousands_of_policies_are_not_read_out(forge: Forge) -> None:
    many = [f"1.3.6.1.4.1.{n}" + ".4294967295" * 6 for n in range(40)]
    verdict = judged(forge, policy(*many), ANYTHING, rules=ProductRules(accepted=frozenset({PERSONAL})))
    assert len(about(verdict)["PKI-145"].message("en")) < 1000
