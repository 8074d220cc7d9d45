"""Modules that are loaded when somebody first uses them, not when somebody first imports them."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType


class _Deferred(ModuleType):
    def __getattr__(self, name: str) -> object:
        """Asked for anything at all, become the real module for all who come later, and for those who hold this one."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def defer(name: str) -> None:
    """Put a stand-in where module `name` would be, unless it is loaded already."""
    sys.modules.setdefault(name, _Deferred(name))
