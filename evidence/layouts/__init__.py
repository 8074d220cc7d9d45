"""The file layouts of 설계서 V3.8, chapter 4, one module a file, tables only.

from evidence.layouts import LAYOUTS, layout_of

layout = layout_of("FB0110")
[(field.name, field.ko, field.width) for field in layout.data.fields]
sorted(LAYOUTS)
"""

from evidence.layouts.registry import LAYOUTS, layout_of, layout_rows
from evidence.layouts.shape import BLOCK, EvidencePart, FileLayout, Outcome

__all__ = ["BLOCK", "LAYOUTS", "EvidencePart", "FileLayout", "Outcome", "layout_of", "layout_rows"]
