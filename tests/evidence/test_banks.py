"""Bank codes as dated data."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from consent.errors import LANGS, CodedError
from evidence.banks import (
    SHIPPED,
    Bank,
    BankEntriesOverlap,
    BankEntryWrong,
    Banks,
    BankTableMalformed,
    bank_of,
    parse_banks,
    shipped,
)

DAY = date(2026, 6, 1)
ONE = '{ code = "004", ko = "국민은행", en = "Kookmin Bank" }'


def parsed(*rows: str) -> Banks:
    return parse_banks(f"bank = [{', '.join(rows)}]".encode(), file="own.toml")


def test_the_banks_of_today_are_known() -> None:
    names = {code: bank.ko for code in ("004", "031", "081", "088", "090") if (bank := bank_of(code, DAY))}
    assert names == {"004": "국민은행", "031": "iM뱅크", "081": "하나은행", "088": "신한은행", "090": "카카오뱅크"}
    assert bank_of("999", DAY) is None


def test_a_code_means_what_it_meant_on_the_day() -> None:
    before, after = bank_of("031", date(2024, 6, 4)), bank_of("031", date(2024, 6, 5))
    assert before is not None
    assert after is not None
    assert (before.ko, after.ko) == ("대구은행", "iM뱅크")
    assert bank_of("089", date(2017, 4, 2)) is None
    assert bank_of("089", date(2017, 4, 3)) is not None


def test_a_code_that_ended_names_its_successor() -> None:
    assert bank_of("005", DAY) is None
    (ended,) = shipped().of("005")
    assert ended == Bank("005", "외환은행", "Korea Exchange Bank", None, date(2015, 8, 31), "081")
    assert bank_of("005", date(2015, 8, 31)) == ended


def test_the_table_that_comes_along_holds_together() -> None:
    banks = list(shipped())
    assert [bank.code for bank in banks] == sorted(bank.code for bank in banks)
    assert len(banks) > 50
    for bank in banks:
        assert bank.en.isascii()
        if bank.successor:
            assert bank.until is not None
            assert shipped().bank_of(bank.successor, bank.until + timedelta(days=1)) is not None
    assert parse_banks(SHIPPED.read_bytes(), file="again") == shipped()


def test_a_file_of_ones_own_adds_and_replaces_code_by_code() -> None:
    own = parsed('{ code = "031", ko = "가", en = "A" }', '{ code = "777", ko = "나", en = "B", from = 2026-01-01 }')
    both = shipped().replaced_by(own)
    assert [bank.ko for bank in both.of("031")] == ["가"]
    assert both.bank_of("777", DAY) == own.of("777")[0]
    assert both.of("004") == shipped().of("004")
    assert len(shipped().of("031")) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"bank = 1",
        b"bank = [1]",
        b"bank = [",
        b"bank = [] \n more = 1",
        b"a = " + b"[" * 100_000,
        "뱅크".encode("euc-kr"),
    ],
)
def test_what_is_no_table_of_banks_is_refused(data: bytes) -> None:
    with pytest.raises(BankTableMalformed) as caught:
        parse_banks(data, file="own.toml")
    assert all("own.toml" in caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ('{ ko = "가", en = "A" }', "code"),
        ('{ code = "4", ko = "가", en = "A" }', "code"),
        ('{ code = 4, ko = "가", en = "A" }', "code"),
        ('{ code = "٠٠٤", ko = "가", en = "A" }', "code"),
        ('{ code = "004", en = "A" }', "ko"),
        ('{ code = "004", ko = " ", en = "A" }', "ko"),
        ('{ code = "004", ko = "가", en = 1 }', "en"),
        ('{ code = "004", ko = "가", en = "A", from = "2026-01-01" }', "from"),
        ('{ code = "004", ko = "가", en = "A", from = 2026-01-01T00:00:00 }', "from"),
        ('{ code = "004", ko = "가", en = "A", from = 2026-01-02, until = 2026-01-01 }', "until"),
        ('{ code = "004", ko = "가", en = "A", successor = "004" }', "successor"),
        ('{ code = "004", ko = "가", en = "A", name = "B" }', "name"),
    ],
)
def test_a_bank_that_is_not_as_it_must_be_is_refused(row: str, key: str) -> None:
    with pytest.raises(BankEntryWrong) as caught:
        parsed(ONE, row)
    assert caught.value.details["number"] == 2
    assert caught.value.details["key"] == repr(key)
    assert all(caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


@pytest.mark.parametrize(
    "row",
    [
        ONE,
        '{ code = "004", ko = "가", en = "A", until = 2020-01-01 }',
        '{ code = "004", ko = "가", en = "A", from = 2020-01-01 }',
    ],
)
def test_two_banks_under_one_code_on_one_day_are_refused(row: str) -> None:
    with pytest.raises(BankEntriesOverlap) as caught:
        parsed(ONE, row)
    error: CodedError = caught.value
    assert all("004" in error.message(lang) and error.remedy(lang) for lang in LANGS)


def test_banks_of_one_code_may_follow_each_other_in_any_order() -> None:
    later = '{ code = "004", ko = "나", en = "B", from = 2020-01-02 }'
    earlier = '{ code = "004", ko = "가", en = "A", until = 2020-01-01 }'
    assert [bank.ko for bank in parsed(later, earlier).of("004")] == ["가", "나"]


def test_a_bank_goes_on_with_the_accounts_of_those_it_took_over() -> None:
    assert shipped().codes_before("081") == ("005", "025")
    assert shipped().codes_before("004") == ()
    chain = [
        f'{{ code = "{one}", ko = "가", en = "A", until = 2020-01-01, successor = "{then}" }}'
        for one, then in (("101", "102"), ("102", "103"), ("103", "101"))
    ]
    assert parsed(*chain).codes_before("103") == ("102", "101")
