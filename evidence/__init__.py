"""Files of evidence for the clearing institute: record tables, reading, writing, checking (설계서 V3.8 chapter 4).

>>> from evidence import build_fb0110, check, writing
>>> with writing(path) as out:                                                        # doctest: +SKIP
...     built = build_fb0110(out, institution_code="9912345678", process_date=day, records=registrations)
>>> report = check(path.open("rb"))                                                   # doctest: +SKIP
>>> report.sound, report.by_code                                                      # doctest: +SKIP
(True, {'0000': 3})
"""

from evidence.answer import AuditAnswer, AuditRequest, FoundEvidence, answer_fb0410
from evidence.build import Built, Cancellation, Registration, build_fb0110
from evidence.check import CheckReport, Outcome, check, predict
from evidence.codebooks import Code
from evidence.codes import RESPONSE_CODES
from evidence.faults import FieldError, Part, Place, RecordError
from evidence.field import Field, Mode
from evidence.history import Known, Requests
from evidence.identity import Identity
from evidence.jsonl import decode_lines, encode_lines, to_line
from evidence.layouts import LAYOUTS, FileLayout, layout_of, layout_rows
from evidence.notices import Notice
from evidence.outfile import writing
from evidence.reader import DataRecord, Fault, Header, Trailer, read_file, scan
from evidence.record import Record
from evidence.vouching import EvidenceNotVouched
from evidence.writer import Written, write_file

__all__ = [
    "LAYOUTS",
    "RESPONSE_CODES",
    "AuditAnswer",
    "AuditRequest",
    "Built",
    "Cancellation",
    "CheckReport",
    "Code",
    "DataRecord",
    "EvidenceNotVouched",
    "Fault",
    "Field",
    "FieldError",
    "FileLayout",
    "FoundEvidence",
    "Header",
    "Identity",
    "Known",
    "Mode",
    "Notice",
    "Outcome",
    "Part",
    "Place",
    "Record",
    "RecordError",
    "Registration",
    "Requests",
    "Trailer",
    "Written",
    "answer_fb0410",
    "build_fb0110",
    "check",
    "decode_lines",
    "encode_lines",
    "layout_of",
    "layout_rows",
    "predict",
    "read_file",
    "scan",
    "to_line",
    "write_file",
    "writing",
]
