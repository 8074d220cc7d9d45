"""Which tables hold sealed rows, and what each row's seal is bound to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Row, Table

from evidence.store.schema import CONSENT, EVIDENCE, FILE_RECORD
from evidence.store.sealing import about_consent, about_evidence, about_record
from evidence.store.web_schema import API_KEY, REQUEST, SIGNING


def about_signing(number: int) -> str:
    """What the sealed texts of a consent that is being signed are bound to."""
    return f"signing:{number}"


def about_api_key(number: int) -> str:
    """What an API key's sealed secret is bound to."""
    return f"api_key:{number}"


def about_request(number: int) -> str:
    """What a sealed answer is bound to."""
    return f"request:{number}"


SEALED_TABLES: Final[Mapping[Table, Callable[[Row[Any]], str]]] = MappingProxyType(
    {
        CONSENT: lambda row: about_consent(row.id),
        FILE_RECORD: lambda row: about_record(row.file_id, row.number),
        EVIDENCE: lambda row: about_evidence(bytes(row.sha256)),
        SIGNING: lambda row: about_signing(row.id),
        API_KEY: lambda row: about_api_key(row.id),
        REQUEST: lambda row: about_request(row.id),
    }
)
