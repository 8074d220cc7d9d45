"""Whether a certificate is that of an identity number, by the VID in it and the random number R in its key file.

>>> from certs.identity import holder_is
>>> holder_is(pair.certificate, "880101-1234567", pair.random)                # doctest: +SKIP
"""

from __future__ import annotations

import hmac
import re
from typing import Final

from cryptography import x509

from certs.errors import IdentityNumberMalformed, RandomMissing, VirtualIdMissing
from certs.identify_data import IdentifyData, virtual_id

_FORMS: Final = (
    re.compile(r"([0-9]{6})-?([0-9]{7})"),  # residents, foreigners, corporations
    re.compile(r"([0-9]{3})-?([0-9]{2})-?([0-9]{5})"),  # businesses
)


def normalised(identity_number: str) -> str:
    """The digits alone, as they stand in a VID: 13 for a resident, foreigner or corporation, 10 for a business.

    Only the form is looked at: that a number has been given out is for others to know.

    Raises:
        IdentityNumberMalformed: neither form.
    """
    for form in _FORMS:
        if parts := form.fullmatch(identity_number.strip()):
            return "".join(parts.groups())
    raise IdentityNumberMalformed


def holder_is(certificate: x509.Certificate, identity_number: str, random: bytes | None) -> bool:
    """Whether the certificate says that it is that of the holder of this number.

    Anybody can make a certificate that says so of anybody. That an authority did is known once its path was validated.

    Args:
        certificate: with identifyData and a VID in its subjectAltName.
        identity_number: with or without its hyphens.
        random: R out of the key file of this very certificate; with another's the answer is False.

    Raises:
        IdentityNumberMalformed, RandomMissing.
        IdentifyDataMalformed: the certificate has one that cannot be read.
        VirtualIdMissing: it has none, as those of authorities and of most private certificates.
        VirtualIdAlgorithmUnknown: it was made with a hash that is not computed here.
    """
    digits = normalised(identity_number)
    if not random:
        raise RandomMissing
    data = IdentifyData.of(certificate)
    if data is None or data.virtual_id is None:
        raise VirtualIdMissing
    made = virtual_id(digits, random, hash_algorithm=data.virtual_id.hash_algorithm)
    return hmac.compare_digest(made.value, data.virtual_id.value)
