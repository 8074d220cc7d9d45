"""Evidence kinds, held against the table of 설계서 V3.8 2.5.1 as written out here a second time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.kinds import KINDS, EvidenceKind, UnknownEvidenceKind, evidence_kind

SPEC = Path(__file__).parents[3] / "shared" / "seeds" / "004_34158e3e22723a3e.txt"
IMAGE = "jpg jpeg gif tif pdf"
SOUND = "mp3 wav wma"
TABLE = [
    ("1", "서면", IMAGE, 300),
    ("4", "녹취", SOUND, 300),
    ("5", "ARS", SOUND, 300),
    ("2", "공동·금융전자문서", "der", 10),
    ("3", "일반전자문서", IMAGE, 300),
    ("7", "사설전자문서", "der", 10),
    ("6", "기타", None, 300),
]


def test_the_table_stands_in_the_order_of_the_specification() -> None:
    assert list(KINDS) == [code for code, *_ in TABLE]


@pytest.mark.parametrize(("code", "ko", "extensions", "kilobytes"), TABLE)
def test_each_kind_has_the_row_of_the_specification(code: str, ko: str, extensions: str | None, kilobytes: int) -> None:
    kind = evidence_kind(code)
    assert (kind.code, kind.ko) == (code, ko)
    assert kind.extensions == (None if extensions is None else frozenset(extensions.split()))
    assert (kind.max_bytes, kind.warn_bytes) == (kilobytes * 1024, kilobytes * 1000)
    assert kind.is_der == (extensions == "der")
    assert kind.en


@pytest.mark.skipif(not SPEC.exists(), reason="the specification is not beside this clone")
def test_the_rows_are_those_of_the_specifications_text() -> None:
    rows = re.findall(r"^(.+)\t([1-7])\t(300|10) KB 이내$", SPEC.read_text(encoding="utf-8"), re.MULTILINE)
    assert [(code, int(size)) for _, code, size in rows] == [(code, size) for code, _, _, size in TABLE]
    for left, code, _ in rows:
        assert KINDS[code].ko in left
        for extension in KINDS[code].extensions or ():
            assert extension in left.lower()


@pytest.mark.parametrize("code", ["0", "8", "", "12", " ", "１", "a", "홍길동 123-456"])
def test_another_code_is_refused_and_never_repeated_unless_it_can_be_a_code(code: str) -> None:
    with pytest.raises(UnknownEvidenceKind) as caught:
        evidence_kind(code)
    assert caught.value.code == "FB-001"
    for message in (caught.value.message("ko"), caught.value.message("en")):
        assert "홍" not in message


def test_extensions_are_compared_without_regard_to_case() -> None:
    assert all(KINDS["2"].accepts_extension(extension) for extension in ("der", "DER", "Der"))
    assert all(KINDS["4"].accepts_extension(extension) for extension in ("MP3", "wav", "WMA"))
    assert KINDS["1"].accepts_extension("JPEG")


@pytest.mark.parametrize("extension", ["", " ", ".der", "der ", "pdf", "ｄｅｒ", "der\n", "DERS"])
def test_der_kinds_take_nothing_but_der(extension: str) -> None:
    assert not KINDS["2"].accepts_extension(extension)
    assert not KINDS["7"].accepts_extension(extension)


def test_templates_take_any_extension_that_the_field_holds_but_not_an_empty_one() -> None:
    kind = KINDS["6"]
    assert all(kind.accepts_extension(extension) for extension in ("txt", "TXT", "hwp", "x", "html", "7z"))
    assert not any(kind.accepts_extension(extension) for extension in ("", " ", "xhtml", "한글", "t t", ".txt"))


@given(st.sampled_from(list(KINDS.values())), st.text(max_size=6))
def test_an_accepted_extension_always_fits_the_field(kind: EvidenceKind, extension: str) -> None:
    if kind.accepts_extension(extension):
        assert 1 <= len(extension.encode("ascii")) <= 4
