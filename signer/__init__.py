"""Consent text to DER evidence: PKCS#7 SignedData with the text attached (설계서 V3.8 2.5.2).

>>> from datetime import UTC, datetime
>>> from certs.demo import build_demo_pki  # made-up keys; `certs.keys` opens real ones
>>> from consent import Charset, ConsentText
>>> from signer import LocalKey, remaining_text_bytes, sign_consent
>>> when = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
>>> key_pair = build_demo_pki(at=when).payers["rsa"]
>>> text = ConsentText.of("자동납부에 동의합니다.", Charset.UTF_8)
>>> len(text.encoded) <= remaining_text_bytes(key_pair.certificate)
True
>>> der = sign_consent(text, LocalKey.of(key_pair), at=when)
>>> len(der) <= 10_240
True
"""

from signer.algorithms import Digest
from signer.frame import MAX_DER_BYTES
from signer.keys import LocalKey, SigningKey
from signer.prepare import complete, prepare
from signer.prepared import Prepared
from signer.room import remaining_text_bytes
from signer.sign import sign_consent

__all__ = [
    "MAX_DER_BYTES",
    "Digest",
    "LocalKey",
    "Prepared",
    "SigningKey",
    "complete",
    "prepare",
    "remaining_text_bytes",
    "sign_consent",
]
