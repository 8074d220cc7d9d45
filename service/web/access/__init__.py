"""Who asks, and what they may do."""

from service.web.access.callers import Caller, Scope
from service.web.access.required import caller, requires

__all__ = ["Caller", "Scope", "caller", "requires"]
