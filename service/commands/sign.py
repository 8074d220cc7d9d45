"""`dongui sign`: a text and a key to a DER."""

from __future__ import annotations

import click

from consent.charset import Charset
from consent.errors import Lang
from service import options
from service.inputs import signing_moment
from service.keys import open_key, open_text, to_enclose
from service.outputs import result, say
from signer import Digest, LocalKey, remaining_text_bytes, sign_consent


@click.command(name="sign")
@click.argument("text", metavar="TEXT")
@click.option("--key", required=True, help="PKCS#12 file, NPKI's signPri.key, or PEM/DER private key (with --cert).")
@click.option("--cert", help="The key's certificate, PEM or DER; else the signCert.der beside the key.")
@click.option("--password-file", help="Password in its first line; else DONGUI_KEY_PASSWORD, else asked for.")
@options.out
@options.charset
@options.text_charset
@options.digest
@options.intermediate
@options.signer_only
@options.signing_certificate_v2
@options.signing_time
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    text: str,
    key: str,
    cert: str | None,
    password_file: str | None,
    out: str,
    charset: str,
    text_charset: str,
    digest: Digest,
    intermediate: tuple[str, ...],
    signer_only: bool,
    signing_certificate_v2: bool,
    at: str,
    as_json: bool,
) -> None:
    """Sign a consent text: DER SignedData with the text attached (설계서 V3.8 2.5.2).

    Authorities' certificates that came with the key or with --cert are enclosed, the self-signed root aside.
    """
    lang: Lang = context.obj
    consent_text = open_text(text, Charset(text_charset), Charset(charset), lang)
    pair = open_key(key, cert, password_file, lang)
    others = to_enclose(pair.certificate, pair.others, intermediate, signer_only=signer_only)
    der = sign_consent(
        consent_text,
        LocalKey.of(pair),
        at=signing_moment(at),
        digest=digest,
        intermediates=others,
        signing_certificate_v2=signing_certificate_v2,
    )
    with result(out, text, key, cert, password_file, *intermediate) as stream:
        stream.write(der)
    room = remaining_text_bytes(
        pair.certificate, digest=digest, intermediates=others, signing_certificate_v2=signing_certificate_v2
    )
    made = {
        "file": out,
        "der_bytes": len(der),
        "text_bytes": len(consent_text.encoded),
        "charset": charset,
        "certificates_enclosed": len(others),
        "room_bytes": room - len(consent_text.encoded),
    }
    say(made, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {
    "en": "✔ {file}: {der_bytes:,} bytes of DER over {text_bytes:,} bytes of text ({charset}),"
    " {room_bytes:,} more would fit; certificates enclosed beside the signer's: {certificates_enclosed}",
    "ko": "✔ {file}: DER {der_bytes:,}바이트, 원문 {text_bytes:,}바이트({charset}), 원문 여유 {room_bytes:,}바이트,"
    " 함께 넣은 인증기관 인증서 {certificates_enclosed}개",
}
