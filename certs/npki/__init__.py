"""Keys and certificates as the Korean public-key infrastructure (NPKI) keeps them: signCert.der with signPri.key.

>>> from pathlib import Path
>>> from certs.npki import find, open_pair
>>> found = find([Path("NPKI")])[0]                                                             # doctest: +SKIP
>>> pair = open_pair(found.certificate_file.read_bytes(), found.key_file.read_bytes(), "password")  # doctest: +SKIP
>>> pair.random                                                                                 # doctest: +SKIP
"""

from certs.npki.folder import Holding, State, find
from certs.npki.lock import Scheme, lock_key
from certs.npki.pair import NpkiPair, open_pair

__all__ = ["Holding", "NpkiPair", "Scheme", "State", "find", "lock_key", "open_pair"]
