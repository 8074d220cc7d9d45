"""A vector is a function that makes a message with one defect; its docstring says which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.verifier.forge import Forge

Make = Callable[[Forge], bytes]


@dataclass(frozen=True)
class Vector:
    """`expects` are all the codes that fail the verdict under both policies; none for a message that passes."""

    make: Make
    expects: frozenset[str]
    reference: str

    @property
    def name(self) -> str:
        return self.make.__name__.replace("_", " ")


class Vectors:
    """Collects the functions it decorates."""

    def __init__(self) -> None:
        self.all: list[Vector] = []

    def __call__(self, *expects: str, reference: str) -> Callable[[Make], Make]:
        def enter(make: Make) -> Make:
            if not make.__doc__:
                raise TypeError(f"{make.__name__} does not say what is wrong with its message")
            self.all.append(Vector(make, frozenset(expects), reference))
            return make

        return enter
