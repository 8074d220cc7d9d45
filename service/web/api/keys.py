"""`/v1/keys`: the keys that the service signs with, by name."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

from apiflask import APIBlueprint
from cryptography.hazmat.primitives.serialization import Encoding

from evidence.store.store import time_text
from service.web.access import Scope, requires
from service.web.access.required import resources
from service.web.models.signatures import KeysOut

blueprint: Final = APIBlueprint("keys", __name__, url_prefix="/v1/keys", tag="signatures")


@blueprint.get("")
@requires(Scope.SIGN)
@blueprint.output(KeysOut)
@blueprint.doc(summary="The keys that the service signs with", operation_id="listKeys")
def find_many() -> dict[str, Any]:
    found = {name: held.key.certificate for name, held in sorted(resources().keys().items())}
    return {
        "items": [
            {
                "name": name,
                "certificate_sha256": sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
                "not_after": time_text(certificate.not_valid_after_utc),
            }
            for name, certificate in found.items()
        ]
    }
