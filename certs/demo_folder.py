"""Writes a demo PKI to disk: the trust folder, the payers' keys, and the root for public tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from certs.keys import KeyPair

if TYPE_CHECKING:
    from certs.demo import DemoPki  # which imports this module to offer it

TRUST_TOML: Final = """\
kinds = [2, 7]                    # evidence kinds this folder may vouch for
[path]                            # RFC 5280 6.1.1 inputs
initial_policy_set = []           # policy OIDs; empty: any-policy
explicit_policy = false
inhibit_policy_mapping = false
inhibit_any_policy = false
[revocation]
mode = "require"                  # require | if-present | none
"""


def write_demo_pki(pki: DemoPki, folder: Path, *, password: str) -> Path:
    """Write `trust/`, `keys/<payer>.p12` and `.crt.pem`, and `root.pem` below `folder`; return the trust folder.

    The PKCS#12 files hold key, certificate and issuing authority, encrypted with `password`; only the owner may read.
    """
    trust, keys = folder / "trust", folder / "keys"
    for path in (trust / "anchors", trust / "intermediates", trust / "crls", keys):
        path.mkdir(parents=True, exist_ok=True)
    (trust / "anchors" / f"{pki.root.name}.pem").write_bytes(pki.root.certificate.public_bytes(Encoding.PEM))
    for authority in pki.intermediates:
        certificate = authority.certificate.public_bytes(Encoding.PEM)
        (trust / "intermediates" / f"{authority.name}.pem").write_bytes(certificate)
    for authority in (pki.root, *pki.intermediates):
        (trust / "crls" / f"{authority.name}.crl").write_bytes(authority.crl)
    (trust / "trust.toml").write_text(TRUST_TOML, encoding="utf-8")
    (folder / "root.pem").write_bytes(pki.root.certificate.public_bytes(Encoding.PEM))
    for name, payer in pki.payers.items():
        (keys / f"{name}.crt.pem").write_bytes(payer.certificate.public_bytes(Encoding.PEM))
        key_file = keys / f"{name}.p12"
        key_file.touch(mode=0o600)
        key_file.write_bytes(_pkcs12(name, payer, password))
    return trust


def _pkcs12(name: str, payer: KeyPair, password: str) -> bytes:
    encryption = BestAvailableEncryption(password.encode())
    key, certificate, others = payer.private_key, payer.certificate, payer.others
    return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, others, encryption)
