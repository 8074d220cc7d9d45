"""The drawings are well-formed, have every figure, and lengths that go with the numbers."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from bench.chart import Lang, drawn, panels
from tests.bench.making import RESULTS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_bar_has_its_label_its_number_and_its_length(lang: Lang) -> None:
    svg = ET.fromstring(drawn(RESULTS, lang))
    texts = [text.text or "" for text in svg.iter(f"{SVG}text")]
    bars = [rect for rect in svg.iter(f"{SVG}rect") if "x" in rect.attrib]
    shown = [bar for panel in panels(RESULTS, lang) for bar in panel.bars]
    assert len(shown) == len(bars) == 7 + 4 + 3 + 3
    for bar in shown:
        assert bar.label in texts
        assert f"{bar.value:,.0f}" in texts
    lengths = [float(rect.attrib["width"]) for rect in bars[:7]]
    assert lengths == pytest.approx([bar.value / shown[0].value * lengths[0] for bar in shown[:7]], abs=0.1)
    assert any("A & B <fast>" in text for text in texts)


def test_numbers_are_a_second() -> None:
    values = {bar.label: bar.value for bar in panels(RESULTS, "en")[0].bars}
    assert values["Dongui, CRLs checked"] == 10_000
    assert values["pyHanko, no CRLs"] == pytest.approx(476.19, abs=0.01)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_everything_lies_within_the_drawing(lang: Lang) -> None:
    svg = ET.fromstring(drawn(RESULTS, lang))
    width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
    for element in [*svg.iter(f"{SVG}text"), *svg.iter(f"{SVG}rect")]:
        assert float(element.get("y", 0)) + float(element.get("height", "0").rstrip("%")) <= height
        assert float(element.get("x", 0)) < width


def test_a_run_without_the_c_part_is_drawn_without_it() -> None:
    drawing = drawn(replace(RESULTS, judging={"rsa": {"dongui": [100.0]}, "p256": {}}, signing={}), "en")
    assert "CMS_verify" not in drawing
    assert "P-256" not in drawing
    ET.fromstring(drawing)
