"""Two files compared record by record."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence import LAYOUTS, RecordError, read_file
from evidence.difference import By, Difference, Kind, differences
from evidence.file_faults import WrongFile
from evidence.identity import identity_digest, identity_fields
from tests.evidence.samples import FIELDS, raw_file, with_field

BLOCK = 1024


def compared(first: bytes, second: bytes, by: By = By.IDENTITY) -> list[Difference]:
    return list(differences(read_file(io.BytesIO(first)), read_file(io.BytesIO(second)), by))


def kinds(first: bytes, second: bytes, by: By = By.IDENTITY) -> list[tuple[str, int, int]]:
    return [(one.kind.value, one.first, one.second) for one in compared(first, second, by)]


def of_payers(*payers: str) -> bytes:
    """An FB0110 with one record for each payer, one block each."""
    records = [raw_file("FB0110", [payer.encode()], payer_number=payer) for payer in payers]
    data = b"".join(
        raw[BLOCK : BLOCK + 1] + f"{number:010}".encode() + raw[BLOCK + 11 : -BLOCK]
        for number, raw in enumerate(records, 1)
    )
    whole = raw_file("FB0110", [b""] * len(payers))
    return whole[:BLOCK] + data + whole[-BLOCK:]


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("code", sorted(LAYOUTS))
def test_a_file_is_no_different_from_itself(code: str, by: By) -> None:
    raw = raw_file(code, [b"", b"", b""])
    assert compared(raw, raw, by) == []


def test_records_are_paired_by_identity_wherever_they_stand() -> None:
    assert kinds(of_payers("a", "b", "c"), of_payers("c", "a", "b")) == []
    assert kinds(of_payers("a", "b"), of_payers("b", "c")) == [("removed", 1, 0), ("added", 0, 2)]
    assert [one[0] for one in kinds(of_payers("a"), of_payers("a", "b"))] == ["header", "added", "trailer"]


def test_records_are_paired_by_number_whatever_they_say() -> None:
    assert kinds(of_payers("a", "b"), of_payers("b", "a"), By.SEQUENCE) == [("changed", 1, 1), ("changed", 2, 2)]
    assert [one[0] for one in kinds(of_payers("a", "b"), of_payers("a"), By.SEQUENCE)] == [
        "header",
        "removed",
        "trailer",
    ]


def test_records_of_one_identity_are_paired_in_their_order() -> None:
    assert kinds(of_payers("a", "a"), of_payers("a", "a")) == []
    assert ("removed", 2, 0) in kinds(of_payers("a", "a"), of_payers("a"))


def test_a_change_names_its_fields_and_its_evidence() -> None:
    first = raw_file("FB0110", [b"one"])
    (one,) = compared(first, raw_file("FB0110", [b"two!"], extension="jpg"))
    assert [(change.field.name, change.before, change.after) for change in one.fields] == [
        ("extension", "der", "jpg"),
        ("evidence_size", "0000003", "0000004"),
    ]
    assert one.evidence is not None
    assert (one.evidence.size_before, one.evidence.size_after) == (3, 4)
    assert one.evidence.sha256_before != one.evidence.sha256_after
    (same_size,) = compared(first, raw_file("FB0110", [b"two"]))
    assert same_size.fields == ()
    assert same_size.evidence is not None


def test_headers_and_trailers_are_compared() -> None:
    first = raw_file("FB0421", [b""])
    second = with_field("FB0421", first, "header", "process_date", b"20260602")
    second = with_field("FB0421", second, "trailer", "requested", b"0000000009", at=804)
    assert kinds(first, second) == [("header", 0, 0), ("trailer", 0, 0)]


def test_numbers_of_fb0120_count_by_sequence_alone() -> None:
    first, second = raw_file("FB0120", [b""]), raw_file("FB0120", [b""], sequence="9")
    assert kinds(first, second) == []
    assert kinds(first, second, By.SEQUENCE) == [("removed", 1, 0), ("added", 0, 1)]


def test_files_of_other_kinds_are_not_compared() -> None:
    with pytest.raises(WrongFile):
        compared(raw_file("FB0320"), raw_file("FB0620"))


def test_a_file_that_is_not_sound_is_refused() -> None:
    raw = raw_file("FB0320", [b"", b""])
    for first, second in ((raw, raw[:-402]), (raw[:-402], raw)):
        with pytest.raises(RecordError):
            compared(first, second)


def test_nothing_personal_is_shown_by_accident() -> None:
    (one,) = compared(of_payers("PAYER-A"), of_payers("PAYER-B"), By.SEQUENCE)
    assert "PAYER" not in repr(one)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=8), st.lists(st.sampled_from("abcd"), max_size=8))
def test_what_is_added_and_removed_is_what_one_file_has_more(first: list[str], second: list[str]) -> None:
    found = compared(of_payers(*first), of_payers(*second))
    for kind, more, fewer in ((Kind.REMOVED, first, second), (Kind.ADDED, second, first)):
        expected = sum(max(0, more.count(payer) - fewer.count(payer)) for payer in "abcd")
        assert sum(one.kind is kind for one in found) == expected


def test_the_identity_is_that_of_4_7_1() -> None:
    four = ("institution_code", "payer_number", "bank_code", "account_number")
    for code, layout in LAYOUTS.items():
        expected = {
            "FB0910": ("institution_code", "bank_code"),
            "FB0211": tuple(f"old_{name}" for name in four),
            "FB0221": tuple(f"old_{name}" for name in four),
            "FB0222": tuple(f"old_{name}" for name in four),
        }.get(code, four)
        assert identity_fields(layout) == expected


def test_identities_do_not_run_into_each_other() -> None:
    layout = LAYOUTS["FB0320"]
    one = FIELDS["FB0320"] | {"institution_code": "12", "payer_number": "3"}
    other = FIELDS["FB0320"] | {"institution_code": "1", "payer_number": "23"}
    assert identity_digest(layout, one) != identity_digest(layout, other)
    assert identity_digest(layout, one) == identity_digest(layout, one | {"cancel_type": "9"})
