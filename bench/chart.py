"""The figures as a drawing: bars that can be told apart in black and white, with their numbers beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal
from xml.etree import ElementTree as ET

from bench.results import KINDS, Results
from bench.rounds import Times, median

Lang = Literal["en", "ko"]
Fill = Literal["ours", "floor", "other"]

WIDTH: Final = 860
LABELS: Final = 330  # pixels that labels take
NUMBERS: Final = 90
ROW: Final = 26
BAR: Final = 16
TITLE: Final = 44
FONT: Final = "'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif"
FILLS: Final[Mapping[Fill, Mapping[str, str]]] = MappingProxyType(
    {
        "ours": {"fill": "#000", "stroke": "#000"},
        "floor": {"fill": "#fff", "stroke": "#000", "stroke-dasharray": "4 3"},
        "other": {"fill": "#bbb", "stroke": "#000"},
    }
)
TITLES: Final[Mapping[Lang, Mapping[str, str]]] = MappingProxyType(
    {
        "en": {
            "judging": "Judging, {kind}: consents a second on one core",
            "signing": "Signing, {kind}: signatures a second on one core",
        },
        "ko": {"judging": "검증, {kind}: 코어 하나의 초당 건수", "signing": "서명, {kind}: 코어 하나의 초당 건수"},
    }
)
LABELS_OF: Final[Mapping[Lang, Mapping[str, str]]] = MappingProxyType(
    {
        "en": {
            "floor": "the two signatures alone, in C (the limit)",
            "dongui": "Dongui, CRLs checked",
            "dongui-no-crl": "Dongui, no CRLs",
            "cms": "OpenSSL CMS_verify in C, no CRLs",
            "cms-crl": "OpenSSL CMS_verify in C, CRLs checked",
            "pyhanko": "pyHanko, no CRLs",
            "openssl": "openssl cms -verify of a file, no CRLs",
            "raw": "the key alone (the limit)",
            "unchecked": "Dongui, signature not checked",
            "sign_consent": "Dongui sign_consent, signature checked",
        },
        "ko": {
            "floor": "서명값 두 개만 C로 확인(한계값)",
            "dongui": "Dongui, CRL 확인",
            "dongui-no-crl": "Dongui, CRL 확인 안 함",
            "cms": "OpenSSL CMS_verify(C), CRL 확인 안 함",
            "cms-crl": "OpenSSL CMS_verify(C), CRL 확인",
            "pyhanko": "pyHanko, CRL 확인 안 함",
            "openssl": "openssl cms -verify(파일), CRL 확인 안 함",
            "raw": "개인키 연산만(한계값)",
            "unchecked": "Dongui, 서명값 자체 확인 제외",
            "sign_consent": "Dongui sign_consent, 서명값 자체 확인 포함",
        },
    }
)
FILL_OF: Final[Mapping[str, Fill]] = MappingProxyType(
    {"floor": "floor", "raw": "floor", "cms": "other", "cms-crl": "other", "pyhanko": "other", "openssl": "other"}
)


@dataclass(frozen=True)
class Bar:
    label: str
    value: float
    fill: Fill


@dataclass(frozen=True)
class Panel:
    """Bars of one scale."""

    title: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        return TITLE + ROW * len(self.bars)


def panels(results: Results, lang: Lang) -> list[Panel]:
    """Judging and signing by the kind of key; what was not measured is not there."""
    found = []
    for section, of_kind in (("judging", results.judging), ("signing", results.signing)):
        for kind, name in KINDS.items():
            bars = tuple(_bars(of_kind.get(kind, {}), lang))
            if bars:
                found.append(Panel(TITLES[lang][section].format(kind=name), bars))
    return found


def _bars(times: Times, lang: Lang) -> Iterator[Bar]:
    for name, label in LABELS_OF[lang].items():
        microseconds = median(times, name)
        if microseconds is not None:
            yield Bar(label, 1e6 / microseconds, FILL_OF.get(name, "ours"))


def drawn(results: Results, lang: Lang) -> str:
    """As SVG."""
    shown = panels(results, lang)
    height = sum(panel.height for panel in shown) + ROW + 12
    size = {"width": str(WIDTH), "height": str(height), "viewBox": f"0 0 {WIDTH} {height}"}
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": FONT, **size})
    ET.SubElement(svg, "title").text = " / ".join(panel.title for panel in shown)
    ET.SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "#fff"})
    top = 0
    for panel in shown:
        _draw(svg, panel, top)
        top += panel.height
    of_machine = (results.machine.get(name, "-") for name in ("date", "processor", "OpenSSL of the C part"))
    _text(svg, 12, top + ROW, "   ".join(of_machine), {"font-size": "11", "fill": "#444"})
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def _draw(svg: ET.Element, panel: Panel, top: int) -> None:
    _text(svg, 12, top + 30, panel.title, {"font-size": "15", "font-weight": "bold"})
    most = max(bar.value for bar in panel.bars)
    for number, bar in enumerate(panel.bars):
        y = top + TITLE + ROW * number
        length = (WIDTH - LABELS - NUMBERS) * bar.value / most
        place = {"x": str(LABELS), "y": str(y), "width": f"{length:.1f}", "height": str(BAR)}
        _text(svg, LABELS - 10, y + 13, bar.label, {"font-size": "13", "text-anchor": "end"})
        ET.SubElement(svg, "rect", {**place, **FILLS[bar.fill]})
        _text(svg, LABELS + length + 8, y + 13, f"{bar.value:,.0f}", {"font-size": "13"})


def _text(svg: ET.Element, x: float, y: float, text: str, style: Mapping[str, str]) -> None:
    ET.SubElement(svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", **style}).text = text
