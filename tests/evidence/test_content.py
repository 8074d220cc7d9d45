"""What files are by their content."""

from __future__ import annotations

import pytest

from evidence.content import Agreement, compare

ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(80)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
OFFICE = b"PK\x03\x04" + bytes(50)


@pytest.mark.parametrize(
    ("extension", "evidence"),
    [
        ("jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(50)),
        ("jpeg", b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00" + bytes(50)),
        ("jpg", b"\xff\xd8\xff\xdb\x00\x43\x00" + bytes(50)),
        ("gif", b"GIF87a\x01\0\x01\0" + bytes(50)),
        ("gif", b"GIF89a\x01\0\x01\0" + bytes(50)),
        ("tif", b"II*\0\x08\0\0\0" + bytes(50)),
        ("tif", b"MM\0*\0\0\0\x08" + bytes(50)),
        ("pdf", b"%PDF-1.4\n%\xe2\xe3\n" + b" " * 50 + b"%%EOF\n"),
        ("mp3", b"ID3\x03\0\0\0\0\0\0\xff\xfb\x90\0" + bytes(50)),
        ("mp3", b"\xff\xfb\x90\x64" + bytes(413)),
        ("wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0" + bytes(50)),
        ("wma", ASF),
    ],
)
def test_every_allowed_kind_is_known_by_its_content(extension: str, evidence: bytes) -> None:
    assert compare(extension, evidence)[0] is Agreement.YES


@pytest.mark.parametrize(
    ("extension", "evidence", "found"),
    [
        ("pdf", PNG, "png"),
        ("jpg", PNG, "png"),
        ("pdf", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(50), "jpg"),
        ("wav", ASF, "wma"),
        ("wav", b"RIFF\x24\0\0\0AVI LIST" + bytes(50), "avi"),
        ("mp3", b"\0\0\0\x18ftypM4A " + bytes(50), "m4a or mp4"),
        ("tif", OFFICE, "zip"),
        ("gif", b"%PDF-1.4\n" + b" " * 50 + b"%%EOF\n", "pdf"),
    ],
)
def test_a_file_that_was_merely_renamed_is_found_out(extension: str, evidence: bytes, found: str) -> None:
    assert compare(extension, evidence) == (Agreement.NO, found)


@pytest.mark.parametrize(
    "evidence",
    [b"", b"x", bytes(1000), b"\xff\xf3\x40\xc4" + bytes(100), b"\xff\xf1\x50\x80" + bytes(50), b"some words " * 9],
    ids=["empty", "one byte", "zeros", "MPEG 2 frame without ID3", "AAC", "text"],
)
def test_what_cannot_be_told_is_not_called_wrong(evidence: bytes) -> None:
    assert compare("mp3", evidence) == (Agreement.UNKNOWN, "")
