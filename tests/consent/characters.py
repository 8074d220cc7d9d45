"""Character sets to draw from, found another way than the code under test finds them."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st


def _two_byte_characters() -> frozenset[str]:
    found = set()
    for row in range(0xA1, 0xFF):
        for column in range(0xA1, 0xFF):
            try:
                found.add(bytes([row, column]).decode("euc_kr"))
            except UnicodeDecodeError:
                continue
    return frozenset(found)


KS_X_1001: Final = _two_byte_characters()  # each of 8 836 pairs decoded on its own: no composition can come in
PRINTABLE_ASCII: Final = frozenset(map(chr, range(0x20, 0x7F)))
EUC_KR_TEXT: Final = (KS_X_1001 - {"\xad"}) | PRINTABLE_ASCII | frozenset("\t\r\n")
HANGUL_OUTSIDE: Final = frozenset(map(chr, range(0xAC00, 0xD7A4))) - KS_X_1001

euc_kr_texts: Final = st.text(st.sampled_from(sorted(EUC_KR_TEXT)), min_size=1).filter(lambda text: text.strip() != "")
any_texts: Final = st.text(st.characters(), max_size=60)  # surrogates too
