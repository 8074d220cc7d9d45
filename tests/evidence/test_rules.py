"""Rules looked at by column against each record looked at by itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence import LAYOUTS
from evidence.at_once import Columns
from evidence.build import RECORD_RULES
from evidence.field import NOWHERE
from evidence.rules import check_record, hold
from tests.evidence.samples import FIELDS

TEMPTING = {
    "evidence_type": st.sampled_from(["0", "1", "2", "7", "9", ""]),
    "extension": st.sampled_from(["der", "DER", "jpg", "", ".jpg"]),
    "evidence_size": st.sampled_from(["0000000", "0000001", "0010240"]),
    "cancellation": st.sampled_from(["Y", "N"]),
    "evidence_present": st.sampled_from(["Y", "N"]),
    "holder_id_type": st.sampled_from(["0", "1", "2"]),
    "holder_id": st.sampled_from(["900101", "1234567891", "1248100998", "M1234567", "991399"]),
    "receipt_code": st.sampled_from(["0000", "7306"]),
    "new_institution_code": st.sampled_from(["", "9912345678"]),
    "new_payer_number": st.sampled_from(["", "A-1"]),
}


@pytest.mark.parametrize("code", sorted(FIELDS))
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_rules_hold_for_records_together_as_for_each(code: str, data: st.DataObject) -> None:
    table = LAYOUTS[code].data
    blank = dict.fromkeys(table.offsets, "") | FIELDS[code] | {"evidence_size": "0000003"}
    tempted = st.fixed_dictionaries({name: texts for name, texts in TEMPTING.items() if name in table.offsets})
    records = [blank | one for one in data.draw(st.lists(tempted, min_size=1, max_size=4))]
    columns = Columns(len(records), {name: [one[name] for one in records] for name in table.offsets})
    for _ in range(2):  # what has passed is remembered
        assert hold(table, columns) == (not any(check_record(table, one, NOWHERE) for one in records))


@pytest.mark.parametrize("text", ["A-1", " A-1", "A 1", ""])
def test_a_text_that_begins_with_a_space_is_refused_together_as_alone(text: str) -> None:
    table = LAYOUTS["FB0110"].data
    record = FIELDS["FB0110"] | {"evidence_size": "0000003", "sequence": "1", "payer_number": text}
    columns = Columns(2, {name: [value, value] for name, value in record.items()})
    assert RECORD_RULES.hold(table, columns) == (not RECORD_RULES.check(table, record, NOWHERE))
