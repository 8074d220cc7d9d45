"""What holds for every model."""

from __future__ import annotations

from base64 import b64decode
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.web.faults import FieldsWrong

BASE64: Final = r"^[A-Za-z0-9+/]*={0,2}$"
SHA256_HEX: Final = r"^[0-9a-f]{64}$"


class Asked(BaseModel):
    """What a request may hold, and nothing else: a misspelt field would otherwise go unheard."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Given(BaseModel):
    """What an answer holds; fields are only ever added."""

    model_config = ConfigDict(frozen=True)


Ref = Annotated[str, StringConstraints(min_length=1, max_length=200), Field(description="The caller's own name for it")]
Base64 = Annotated[str, StringConstraints(pattern=BASE64), Field(json_schema_extra={"contentEncoding": "base64"})]
Sha256Hex = Annotated[str, StringConstraints(pattern=SHA256_HEX)]


def decoded(value: str, field: str) -> bytes:
    """The bytes of a base64 text. Raises: FieldsWrong."""
    try:
        return b64decode(value, validate=True)
    except ValueError:
        raise FieldsWrong(field) from None
