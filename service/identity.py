"""`dongui inspect --idn`: whether a certificate is that of an identity number, which nobody else gets to see."""

from __future__ import annotations

from typing import Final, NamedTuple

import click

from certs.errors import RandomMissing
from certs.identity import holder_is, normalised
from certs.keys import load_certificates
from consent.errors import Lang
from service.errors import NOT_PASSED, OK, about
from service.inputs import IDENTITY_VARIABLE, secret, typed_unseen
from service.key_faults import IdentityNumberMissing, RandomMalformed, RandomNeeded
from service.keys import KEY_OF, PKCS12_SUFFIXES, beside, certificate_data, open_pair_of
from service.terminal import json_line, visible


class Sources(NamedTuple):
    """Where the number and R come from, as the command line names them."""

    number_file: str | None
    key: str | None
    password_file: str | None
    random_file: str | None


def say_whose(file: str, sources: Sources, lang: Lang, *, as_json: bool) -> int:
    """Say whether the first certificate in `file` is that of the number; return the exit code."""
    data = certificate_data(file)
    number = secret(sources.number_file, IDENTITY_VARIABLE) or typed_unseen(_NUMBER[lang])
    if not number:
        raise IdentityNumberMissing
    number = normalised(number)
    random = _random(data, file, sources, lang)
    with about(file):
        matches = holder_is(load_certificates(data)[0], number, random)
    if as_json:
        click.echo(json_line({"file": file, "matches": matches}))
    else:
        click.echo(_SAID[lang][matches].format(file=visible(file)))
    return OK if matches else NOT_PASSED


def _random(data: bytes, file: str, sources: Sources, lang: Lang) -> bytes | None:
    if sources.random_file is not None:
        try:
            return bytes.fromhex(secret(sources.random_file, "") or "")
        except ValueError:
            raise RandomMalformed(sources.random_file) from None
    key_file = sources.key or beside(file, KEY_OF)
    if key_file is None:
        raise RandomNeeded(file)
    if key_file.lower().endswith(PKCS12_SUFFIXES):
        with about(key_file):
            raise RandomMissing
    return open_pair_of(data, file, key_file, sources.password_file, lang).random


_NUMBER: Final[dict[Lang, str]] = {
    "en": "Identity number (resident or business registration)",
    "ko": "식별번호(주민등록번호 또는 사업자등록번호)",
}
_SAID: Final[dict[Lang, dict[bool, str]]] = {
    "en": {
        True: "✔ {file}: by what stands in it, this is the certificate of that identity number; "
        "whether an authority issued it is for `dongui verify`.",
        False: "✘ {file}: this is not the certificate of that identity number.",
    },
    "ko": {
        True: "✔ {file}: 인증서에 기재된 내용은 입력한 식별번호와 일치합니다"
        "(인증기관이 발급한 인증서인지는 dongui verify로 확인하십시오).",
        False: "✘ {file}: 입력한 식별번호로 발급된 인증서가 아닙니다.",
    },
}
