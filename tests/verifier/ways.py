"""The ways a message can be judged, all of which must come out the same.

Straight through with remembered authorities, or read as a tree each time; by an index of where revocation lists have
their entries, or by reading them from end to end.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from certs import TrustStore
from verifier.subject import Subject


def the_long_way(subject: Subject) -> Subject:
    """The same judgement, without anything that is there for speed."""
    again = replace(subject)
    again.__dict__["common"] = None  # where the cached property keeps its value
    return again


def by_whole_lists(subject: Subject) -> Subject:
    """The same judgement, with every list read from end to end."""
    return replace(the_long_way(subject), trust=_without_indexes(subject.trust))


@lru_cache(maxsize=8)
def _without_indexes(trust: TrustStore) -> TrustStore:
    """Called by other names: of equal stores, one alone is read."""
    return replace(trust, crls=tuple(replace(item, index=None, name=f"whole {item.name}") for item in trust.crls))
