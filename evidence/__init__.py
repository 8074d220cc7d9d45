"""Files of evidence for the clearing institute: record tables, reading, writing, checking (설계서 V3.8 chapter 4).

>>> from datetime import date
>>> from io import BytesIO
>>> from evidence import Registration, build_fb0110, check
>>> consent = Registration(
...     applied_on=date(2026, 6, 1),
...     holder_id_type="0",
...     holder_id="800101",
...     institution_code="9912345678",
...     payer_number="A-1029",
...     bank_code="004",
...     account_number="12345678901234",
...     evidence_kind="1",  # paper, scanned; kinds that are signed want the verdict on their evidence beside it
...     extension="jpg",
...     evidence=bytes.fromhex("ffd8ffe000104a464946"),
... )
>>> out = BytesIO()  # or `writing(path)`, which leaves a whole file or none
>>> built = build_fb0110(out, institution_code="9912345678", process_date=date(2026, 6, 1), records=[consent])
>>> built.written.records, built.written.size
(1, 3072)
>>> report = check(BytesIO(out.getvalue()))
>>> report.sound, report.by_code
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
