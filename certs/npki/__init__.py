"""Keys and certificates as the Korean public-key infrastructure (NPKI) keeps them: signCert.der with signPri.key.

>>> from pathlib import Path
>>> from certs.npki import find, open_pair
>>> found = find([Path("NPKI")], at=now)[0]                                   # doctest: +SKIP
>>> certificate, key = found.certificate_file, found.key_file                 # doctest: +SKIP
>>> pair = open_pair(certificate.read_bytes(), key.read_bytes(), "password")  # doctest: +SKIP
"""

from certs.npki.folder import Holding, State, find
from certs.npki.lock import Scheme, lock_key
from certs.npki.pair import NpkiPair, open_pair

__all__ = ["Holding", "NpkiPair", "Scheme", "State", "find", "lock_key", "open_pair"]
