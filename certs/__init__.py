"""Trust and keys: what a signature is judged against, and the key pairs that signatures are made with.

>>> from pathlib import Path
>>> from certs import TrustStore
>>> from certs.keys import load_pkcs12
>>> trust = TrustStore.open(Path("trust"))                                    # doctest: +SKIP
>>> pair = load_pkcs12(Path("payer.p12").read_bytes(), "password")            # doctest: +SKIP
"""

from certs.products import Holder
from certs.settings import PathInputs, ProductRules, Revocation, TrustSettings
from certs.trust import TrustItem, TrustStore

__all__ = ["Holder", "PathInputs", "ProductRules", "Revocation", "TrustItem", "TrustSettings", "TrustStore"]
