"""The other side, for tests and rehearsals: the files that the clearing institute and the banks would send.

It is no part of any real exchange. It answers by the rules of `evidence.check`, so it says what those foretell.

>>> from evidence.institute import answer_fb0110
>>> with path.open("rb") as sent, writing(result) as out:                               # doctest: +SKIP
...     answer_fb0110(sent, out).by_code
{'0000': 9998, '7125': 2}
"""

from evidence.institute.changes import Processed, all_processed, answer_fb0221
from evidence.institute.files import (
    Asked,
    Change,
    Ended,
    Entry,
    Failure,
    Head,
    make_fb0211,
    make_fb0320,
    make_fb0410,
    make_fb0620,
    make_fb0933,
)
from evidence.institute.results import Answered, Forced, answer_fb0110, answer_fb0420, nothing_forced
from evidence.institute.scenario import Scenario

__all__ = [
    "Answered",
    "Asked",
    "Change",
    "Ended",
    "Entry",
    "Failure",
    "Forced",
    "Head",
    "Processed",
    "Scenario",
    "all_processed",
    "answer_fb0110",
    "answer_fb0221",
    "answer_fb0420",
    "make_fb0211",
    "make_fb0320",
    "make_fb0410",
    "make_fb0620",
    "make_fb0933",
    "nothing_forced",
]
