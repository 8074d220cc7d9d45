"""What Dongui asks of pyhanko-certvalidator and asn1crypto, wrapped once: nothing is left to their defaults."""

from __future__ import annotations

import logging
import threading
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator.errors import PathValidationError
from pyhanko_certvalidator.policy_decl import PKIXValidationParams

from certs import PathInputs, TrustStore
from verifier.crls import RevocationList, read_list
from verifier.loading import load_certificate
from verifier.names import is_too_long, subject_of


class _OpaqueOtherName(asn1_x509.AnotherName):  # type: ignore[misc]  # asn1crypto ships no types
    """An otherName as its bytes.

    asn1crypto cannot say the value of an otherName of a type unknown to it, and so pyhanko-certvalidator fails on every
    certificate that carries identifyData, which is every Korean signer's. No name constraint can be about such a name.
    """

    @property
    def native(self) -> bytes:
        return bytes(self.dump())


# `_alternatives` is how asn1crypto has types declared.
asn1_x509.GeneralName._alternatives[0] = ("other_name", _OpaqueOtherName, {"implicit": 0})  # noqa: SLF001


# It logs the names of certificate holders, which are personal data; all it has to say comes back as errors anyway.
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Snapshot:
    """A trust store, parsed for path validation.

    The mappings find certificates by their subject, as `names.comparable` has it. `known` are anchors and intermediates
    as bytes: asn1crypto does not give back every certificate as it was.
    """

    known: frozenset[bytes]
    anchors: tuple[asn1_x509.Certificate, ...]
    intermediates: tuple[asn1_x509.Certificate, ...]
    crls: tuple[RevocationList, ...]
    ocsp: tuple[bytes, ...]
    anchors_named: Mapping[str, list[asn1_x509.Certificate]]
    intermediates_named: Mapping[str, list[asn1_x509.Certificate]]


class _OfThread(threading.local):
    """asn1crypto reads lazily, into the objects themselves: what two threads share, one of them may see half read."""

    def __init__(self) -> None:
        self.snapshots: dict[TrustStore, Snapshot] = {}


_of_thread: Final = _OfThread()
_KEPT: Final = 4


def snapshot(trust: TrustStore) -> Snapshot:
    """The store, parsed once in each thread."""
    kept = _of_thread.snapshots
    if trust not in kept:
        while len(kept) >= _KEPT:
            del kept[next(iter(kept))]
        kept[trust] = _parsed(trust)
    return kept[trust]


def _parsed(trust: TrustStore) -> Snapshot:
    anchors = tuple(asn1_x509.Certificate.load(item.der) for item in trust.anchors if is_legible(item.der))
    legible = (item.der for item in trust.intermediates if load_certificate(item.der) is not None)
    intermediates = tuple(asn1_x509.Certificate.load(der) for der in legible if is_legible(der))
    return Snapshot(
        known=frozenset(item.der for item in (*trust.anchors, *trust.intermediates)),
        anchors=anchors,
        intermediates=intermediates,
        ocsp=tuple(item.der for item in trust.ocsp),
        crls=tuple(entry for item in trust.crls if (entry := read_list(item.der, item.index))),
        anchors_named=_by_subject(anchors),
        intermediates_named=_by_subject(intermediates),
    )


def is_legible(certificate_der: bytes) -> bool:
    """Whether asn1crypto can read of a certificate what it is asked for on the way."""
    certificate = asn1_x509.Certificate.load(certificate_der)
    try:
        points = certificate.crl_distribution_points_value or ()  # the first to be asked for has all extensions read
        _ = certificate.serial_number, [point.native for point in points]
        names = certificate.subject, certificate.issuer
        if any(map(is_too_long, names)):
            return False
        _ = [name.hashable for name in names]
    except Exception:  # noqa: BLE001 - asn1crypto raises whatever it stumbles over
        return False
    return True


def _by_subject(certificates: Iterable[asn1_x509.Certificate]) -> Mapping[str, list[asn1_x509.Certificate]]:
    named: dict[str, list[asn1_x509.Certificate]] = {}
    for certificate in certificates:
        named.setdefault(subject_of(certificate), []).append(certificate)
    return named


def run(coroutine: Coroutine[Any, Any, object]) -> None:
    """Drive a validation to its end without an event loop: nothing can wait, so nothing can be fetched in a verdict."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("path validation tried to wait for something")


def parameters(inputs: PathInputs) -> PKIXValidationParams:
    """The inputs of RFC 5280 §6.1.1 from trust.toml."""
    return PKIXValidationParams(
        user_initial_policy_set=inputs.initial_policy_set or frozenset({"any_policy"}),
        initial_policy_mapping_inhibit=inputs.inhibit_policy_mapping,
        initial_explicit_policy=inputs.explicit_policy,
        initial_any_policy_inhibit=inputs.inhibit_any_policy,
    )


def place(error: PathValidationError) -> str:
    """Which certificate of the path an error is about."""
    return "path.signer" if error.is_ee_cert else "path.issuer"
