"""`dongui file codes`."""

from __future__ import annotations

from evidence.codebooks import TRANSMISSIONS, books
from tests.service.running import called, refused


def test_everything_is_listed_in_both_languages() -> None:
    listed = called("file", "codes", "--json").json
    assert len(listed["codes"]) == sum(len(book.codes) for book in books())
    assert len(listed["transmissions"]) == len(TRANSMISSIONS)
    english, korean = called("file", "codes").out, called("file", "codes", lang="ko").out
    for book in books():
        assert book.en in english
        assert book.ko in korean
        for row in book.codes:
            assert row.en in english
            assert row.ko in korean
    assert english.count("receiver 1099") == korean.count("수신자코드 1099") == 1


def test_one_code_may_be_in_several_books() -> None:
    korean = called("file", "codes", "n", lang="ko").out
    assert "해지 구분 (4.3.1, FB0320)\n  N     증빙자료 부재" in korean
    assert "동의자료 유무 (4.6.2, FB0420, FB0421)\n  N     동의자료 없음" in korean
    listed = called("file", "codes", "81", "2401", "--json").json
    assert [(row["book"], row["in_order"]) for row in listed["codes"]] == [("change", True), ("failure", False)]


def test_a_transmission_code_names_files_and_directions() -> None:
    ran = called("file", "codes", "iy6")
    assert "FB0420  Y06 (all banks in one: IY6)" in ran.out
    assert "sent by the institution, over the internet zone, partly exempt institutions" in ran.out
    assert "received by the institution" in ran.out
    assert called("file", "codes", "FB0110", "--json").json["transmissions"][0]["integrated"] == "IY0"


def test_a_code_that_nobody_knows_is_refused() -> None:
    refused(called("file", "codes", "7122", "9999"), "SVC-160")
