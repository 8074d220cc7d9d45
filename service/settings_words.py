"""What each setting has to be, as faults say it. Meanings stand in docs/operation.md."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _number(least: int, most: int) -> dict[str, str]:
    return {"en": f"a whole number from {least:,} to {most:,}", "ko": f"{least:,}부터 {most:,}까지의 정수"}


_FILE: Final = {"en": "the path of a file", "ko": "파일 경로"}
_HOST: Final = {"en": 'an address such as "127.0.0.1"', "ko": '"127.0.0.1"과 같은 주소'}

EXPECTED: Final[Mapping[str, dict[str, str]]] = MappingProxyType(
    {
        "store": {"en": "a file or a postgresql:// URL", "ko": "파일 경로 또는 postgresql:// URL"},
        "store_keys": _FILE,
        "store_keyring": {"en": "the text of a key file", "ko": "키 파일의 내용"},
        "store_files": {"en": "a folder or the URL of an object store", "ko": "폴더 또는 객체 저장소의 URL"},
        "trust": {"en": "a list of trust folders", "ko": "신뢰 폴더의 목록"},
        "keys": {
            "en": "tables [keys.NAME] with key, certificate and password_file",
            "ko": "key, certificate, password_file을 적은 [keys.이름] 표",
        },
        "host": _HOST,
        "port": _number(0, 65_535),
        "metrics_host": _HOST,
        "metrics_port": _number(0, 65_535),
        "workers": _number(1, 256),
        "threads": _number(1, 256),
        "connections": _number(1, 4096),
        "tls_certificate": _FILE,
        "tls_key": _FILE,
        "proxies": _number(0, 10),
        "cors_origins": {
            "en": 'a list of origins as browsers write them, such as "https://shop.example": in lower case, Hangul as '
            "xn--…, without the usual port, without a path and without *",
            "ko": '"https://shop.example"과 같이 브라우저가 쓰는 대로 적은 출처의 목록(소문자로, 한글은 xn--…로, '
            "기본 포트와 경로와 * 없이)",
        },
        "body_limit": _number(1024, 1 << 33),
        "batch_limit": _number(1, 100_000),
        "signing_minutes": _number(1, 10_080),
        "token_seconds": _number(1, 86_400),
        "rate_limit": {"en": 'a rate such as "600/minute", or ""', "ko": '"600/minute"과 같은 빈도 또는 ""'},
        "address_limit": {"en": 'a rate such as "600/minute"', "ko": '"600/minute"과 같은 빈도'},
        "rate_storage": {
            "en": '"memory://" or a URL such as "redis://…"',
            "ko": '"memory://" 또는 "redis://…"와 같은 URL',
        },
        "outbox": {"en": "a folder", "ko": "폴더 경로"},
        "overrides": {"en": "a file", "ko": "파일 경로"},
        "crl_warning_hours": _number(0, 8784),
        "reload_seconds": _number(1, 3600),
        "stop_seconds": _number(1, 3600),
        "header_seconds": _number(1, 600),
        "log_level": {"en": "debug, info, warning or error", "ko": "debug, info, warning, error 중 하나"},
    }
)
