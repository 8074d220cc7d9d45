"""`dongui npki export`: a pair of NPKI as PKCS#12."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from certs.keys import KeyPair, load_pkcs12
from certs.npki import find
from consent.errors import Lang
from service import options
from service.errors import InternalFault
from service.inputs import NEW_PASSWORD_VARIABLE, now, secret, typed_unseen
from service.key_faults import NewPasswordMissing, NewPasswordUnusable, NpkiPairMissing, NpkiPairsSeveral
from service.keys import KEY_OF, beside, open_npki_pair
from service.outputs import result, say
from service.times import day


@click.command(name="export")
@click.argument("source", metavar="FOLDER|CERTIFICATE")
@click.option("--password-file", help="Password in its first line; else DONGUI_KEY_PASSWORD, else asked for.")
@click.option("--new-password-file", help="The new file's password; else DONGUI_NEW_PASSWORD, else asked for.")
@options.out
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    source: str,
    password_file: str | None,
    new_password_file: str | None,
    out: str,
    as_json: bool,
) -> None:
    """Write a certificate and its key as PKCS#12 (.p12), encrypted with AES-256, for its owner alone to read.

    FOLDER holds one signCert.der with its signPri.key. The random number R, which binds an identity number to the
    certificate, is not in the new file: keep the signPri.key if it will be needed.
    """
    lang: Lang = context.obj
    certificate_file = _certificate_file(source)
    key_file = beside(certificate_file, KEY_OF) or str(Path(certificate_file).with_name("signPri.key"))
    pair = open_npki_pair(certificate_file, key_file, password_file, lang)
    new = secret(new_password_file, NEW_PASSWORD_VARIABLE) or typed_unseen(_NEW[lang], again=_AGAIN[lang])
    if not new:
        raise NewPasswordMissing
    if not new.isprintable():
        raise NewPasswordUnusable
    made = _pkcs12(pair, new)
    with result(out, certificate_file, key_file, password_file, new_password_file, private=True) as stream:
        stream.write(made)
    ends = pair.certificate.not_valid_after_utc
    told = {"file": out, "bytes": len(made), "valid_until": ends.isoformat()}
    say(told if as_json else {**told, "valid_until": day(ends, lang)}, _LINE[lang], as_json=as_json)


def _certificate_file(source: str) -> str:
    if not Path(source).is_dir():
        return source
    found = find([Path(source)], at=now())
    if not found:
        raise NpkiPairMissing(source)
    if len(found) > 1:
        raise NpkiPairsSeveral(source, len(found))
    return str(found[0].certificate_file)


def _pkcs12(pair: KeyPair, password: str) -> bytes:
    """Key and certificate under AES-256 and a MAC of SHA-256, opened again to see that they are what went in."""
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(password.encode())
    )
    others: list[x509.Certificate] = list(pair.others)
    made = pkcs12.serialize_key_and_certificates(None, pair.private_key, pair.certificate, others, encryption)
    again = load_pkcs12(made, password)
    if (again.certificate, again.others) != (pair.certificate, pair.others):
        raise InternalFault("PKCS12")
    return made


_NEW: Final[dict[Lang, str]] = {"en": "Password for the new file", "ko": "새 파일의 비밀번호"}
_AGAIN: Final[dict[Lang, str]] = {"en": "The same again", "ko": "한 번 더 입력"}
_LINE: Final[dict[Lang, str]] = {
    "en": "✔ {file}: key and certificate as PKCS#12, valid until {valid_until}; without the random number R",
    "ko": "✔ {file}: 개인키와 인증서를 PKCS#12로 내보냄, 유효기간 만료 {valid_until} (난수 R은 포함되지 않음)",
}
