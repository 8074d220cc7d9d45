"""Numbers of the store's rows."""

from typing import Final

LARGEST: Final = (1 << 63) - 1
"""The largest number that a column of a database holds; nothing has a larger one."""
