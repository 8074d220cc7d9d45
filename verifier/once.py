"""A property that is worked out once: `functools.cached_property` without the lock it takes in Python 3.11.

The lock would cost each judgement more than most of what it guards. Without it two threads may work out the same value
at once, which does no harm where it is the same value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - it is read as the decorator it is
    def __init__(self, read: Callable[[Any], T]) -> None:
        self.read = read
        self.name = read.__name__
        self.__doc__ = read.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | Self:
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.read(instance)  # found there before this, from now on
        return value
