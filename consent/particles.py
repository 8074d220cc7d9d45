"""Korean particles after words that are known only when a sentence is filled in: 파일을, 코드를, 7305로."""

from __future__ import annotations

import re
from typing import Final

_PAIRS: Final = {
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
_PAIR: Final = re.compile("|".join(map(re.escape, _PAIRS)))
_CLOSING: Final = re.compile(r"""(?:\([^()]*\)|['"’”\]])+$""")  # which is not read aloud: FB0110(출금이체 신청)은
_READ_ALOUD: Final = dict(zip("0123456789LMNR", "영일이삼사오육칠팔구엘엠엔알", strict=True))
_NEAR: Final = 200  # characters that are looked at: what somebody typed may be of any length
_FIRST: Final = "가"
_LAST: Final = "힣"
_FINALS: Final = 28  # none, and 27 consonants that may end a syllable
_RIEUL: Final = 8


def with_particles(sentence: str) -> str:
    """Choose of each `을(를)`, `은(는)`, `이(가)`, `과(와)`, `(으)로` what follows the word before it.

    Both stay after a word in small Latin letters, and after signs: how those are read aloud, nobody can tell.
    """
    pieces, rest = [], 0
    for pair in _PAIR.finditer(sentence):
        near = sentence[max(0, pair.start() - _NEAR) : pair.start()]
        pieces += [sentence[rest : pair.start()], _particle(near, pair.group())]
        rest = pair.end()
    return "".join(pieces) + sentence[rest:]


def _particle(before: str, pair: str) -> str:
    word = _CLOSING.sub("", before)[-1:]
    sound = _READ_ALOUD.get(word, "이" if word.isascii() and word.isupper() else word)
    if not _FIRST <= sound <= _LAST or not sound:
        return pair
    final = (ord(sound) - ord(_FIRST)) % _FINALS
    closed = final not in {0, _RIEUL} if pair == "(으)로" else final != 0
    return _PAIRS[pair][not closed]
