"""Writes a demo PKI to disk: the trust folder, the payers' keys, NPKI folders, and the root for public tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from certs.keys import KeyPair
from certs.npki import Scheme, lock_key
from certs.npki.folder import CERTIFICATE_FILE, KEY_FILE

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
    """Write `trust/`, `keys/<payer>.p12` and `.crt.pem`, `NPKI/`, `usb/NPKI/` and `root.pem`; return the trust folder.

    The PKCS#12 files hold key, certificate and issuing authority, encrypted with `password`, as the NPKI keys are; only
    the owner may read them.
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
        above = [one for one in payer.others if one.subject != one.issuer]
        pem = b"".join(one.public_bytes(Encoding.PEM) for one in (payer.certificate, *above))
        (keys / f"{name}.crt.pem").write_bytes(pem)
        _write_secret(keys / f"{name}.p12", _pkcs12(name, payer, password))
    for place, name, scheme in NPKI_FOLDERS:
        if name in pki.identities:
            _write_npki(pki, folder / place, name, scheme, password)
    return trust


NPKI_FOLDERS: Final = (
    ("NPKI", "rsa", Scheme.SEED_CBC_WITH_SHA1),
    ("NPKI", "corporate", Scheme.PBES2),
    ("NPKI", "bank", Scheme.PBES2),
    ("NPKI", "kica", Scheme.PBES2),
    ("NPKI", "expired", Scheme.SEED_CBC_WITH_SHA1),
    ("NPKI", "koscom", None),
    ("usb/NPKI", "rsa", Scheme.PBES2),
)
"""Who has an NPKI folder where, and how the key in it is encrypted; None: it was left behind."""


def _write_npki(pki: DemoPki, npki: Path, name: str, scheme: Scheme | None, password: str) -> None:
    """One holder's folder: `<issuer>/USER/<subject>/signCert.der` and signPri.key."""
    payer, identity = pki.payers[name], pki.identities[name]
    issuer = payer.certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    folder = npki / str(issuer).replace(" ", "") / "USER" / _folder_name(payer.certificate.subject)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CERTIFICATE_FILE).write_bytes(payer.certificate.public_bytes(Encoding.DER))
    if scheme is not None:
        _write_secret(folder / KEY_FILE, lock_key(payer.private_key, identity.random, password, scheme))


def _folder_name(subject: x509.Name) -> str:
    """The subject as NPKI programs name a folder after it: `cn=…,ou=…,o=…,c=kr`."""
    names = {attribute: attribute.rfc4514_attribute_name.lower() for attribute in subject}
    return ",".join(f"{names[attribute]}={attribute.value!s}" for attribute in reversed(list(subject)))


def _write_secret(file: Path, data: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(data)


def _pkcs12(name: str, payer: KeyPair, password: str) -> bytes:
    encryption = BestAvailableEncryption(password.encode())
    key, certificate, others = payer.private_key, payer.certificate, payer.others
    return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, others, encryption)
