"""The two ways a message can be judged: read straight through with remembered authorities, or as a tree each time."""

from __future__ import annotations

from dataclasses import replace

from verifier.subject import Subject


def the_long_way(subject: Subject) -> Subject:
    """The same judgement, without anything that is there for speed."""
    again = replace(subject)
    again.__dict__["common"] = None  # where the cached property keeps its value
    return again
