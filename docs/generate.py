"""Writes the pages that are derived from the code: docs/codes.md, docs/products.md and docs/fb-layouts.md.

Run it after a change to the wording catalogue, to the products or to a layout::

    .venv/bin/python docs/generate.py
"""
# ruff: noqa: INP001, E501 - a script, not a package; rows of Markdown tables are long

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from certs.authorities import names, operators
from certs.products import Product, Source, products
from consent.explanations import Explanation, explanations
from consent.wording import Wording, catalogue
from evidence.codes import RESPONSE_CODES
from evidence.field import Field
from evidence.layouts import LAYOUTS, FileLayout
from evidence.record import Record

DOCS: Final = Path(__file__).parent

CODES_HEAD: Final = """\
# Codes

Everything that Dongui refuses or remarks has a code that never changes its meaning. This page lists all of them with
their wording in Korean and English; `→` is what to do. A code without `→` says that a check is satisfied. `{names}` in
braces are filled in: positions, sizes, field names and times, never personal data. Below the wording stands what it
means to somebody who has never dealt with signatures: what is behind it, why it matters and who has to do what. In a
terminal: `dongui --explain CMS-161`.

다음은 Dongui의 모든 코드입니다. 코드마다 안내문, 조치 방법(`→`), 쉬운 말로 쓴 설명이 있습니다. 용어:
[glossary.md](glossary.md).

This page is generated from `consent/texts/*.json` and `consent/texts/explain/*.json` by `docs/generate.py`."""

PREFIXES: Final[Mapping[str, str]] = {
    "CMS": "consent texts, signing, and findings on the signed message",
    "PKI": "trust folders, keys, and findings on certificates",
    "FB": "evidence kinds and FB files",
    "SVC": "the command line",
}

PRODUCTS_HEAD: Final = """\
# Certificate products

Korean certificates are sold as products, and a policy OID in the certificate says which. Some are for persons, some for
companies; some may be used for anything, some for the business of banks, card companies or tax offices alone. This page
lists what Dongui knows. `dongui inspect` shows the product of a certificate, and a verdict names it (PKI-148).

## Which may sign a consent

| product | by default | why |
|---|---|---|
| general use; financial certificates | accepted | 설계서 V3.8 2.5.1 names both, 공동인증서 and 금융인증서, and limits neither |
| limited to a business that is a bank's | accepted | a debit from an account is one |
| limited to other business: securities, credit cards, tax invoices, public services, trade, partners | refused, PKI-144 | the authority issued it for that alone. An insurer or a card company whose own business it is adds it to `also` |
| for a server | refused, PKI-162 | neither a person nor a company declares anything with it |
| not in the table, or none named | accepted, PKI-149 | an unknown product is no ground for a refusal: the operator chose the authorities. Private certificates (kind 7) are among these |

An operator decides otherwise in [trust.toml](trust-folder.md#products). Only the policy `kftc` asks for products.

An OID counts as a product only if path validation leaves it valid under its own name (RFC 5280 §6.1.5 g): a certificate whose
authorities may not issue that product is treated as one of an unknown product (PKI-161), and of two products in one
certificate the refused one decides, unless the accepted one is valid. What an authority maps one policy to does not count.
[ADR 0029](adr/0029-products-are-data.md) says why.

A name that a product, or an authority, bears here is for people to read. No verdict depends on who an authority is, and the
name in a product is that of whoever defined the OID: who issued a certificate is what its path says.

From Python:

```python
from certs.authorities import issuer_of
from certs.products import product, products_of

product("1.2.410.200005.1.1.4").title("ko")  # 개인 은행·신용카드·보험용 공동인증서(금융결제원 yessign)
[one.holder for one in products_of(certificate)]  # what it asserts, allowed by its path or not
issuer_of(certificate).title("ko")  # 한국정보인증(KICA), 6세대; None for one that is not known
```

## Table

`limited to` is what the authority sells the product for. None of the authorities' practice statements (CPS) was at hand; the
sources are what signing software and signing pages have published, and two scopes as an authority and a bank state them.
Where they disagree about what a product is, it is left out; 1.2.410.200012.1.1.101 is taken for personal, as most have it."""

LAYOUTS_HEAD: Final = """\
# FB layouts

Every field of the files that Dongui reads and writes, as 설계서 V3.8 prints them. `offset` counts bytes from 0 within
the record. `value` is the one text a field may hold, the list it may be from, or its form. `code` is the response code
(첨부1 나) that a fault in the field is answered with.

How the files are built: [fb-files.md](fb-files.md). The same tables: `dongui file layouts`, for programs with `--json`.
This page is generated from `evidence/layouts/` by `docs/generate.py`."""


def pages() -> dict[str, str]:
    """Return the text of each generated page by its file name."""
    return {"codes.md": _page(_codes()), "products.md": _page(_products()), "fb-layouts.md": _page(_layouts())}


def main() -> None:
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def _page(blocks: Iterator[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def _codes() -> Iterator[str]:
    yield CODES_HEAD
    for prefix, about in PREFIXES.items():
        yield f"## {prefix}: {about}"
        wordings, meanings = sorted(catalogue(prefix).items()), explanations(prefix)
        yield "\n".join(_index(wordings))
        for code, wording in wordings:
            yield f"### {code}"
            yield _wording(wording)
            yield from _explanation(meanings[code])


def _index(wordings: Sequence[tuple[str, Wording]]) -> Iterator[str]:
    yield "| code | 안내문 | message |"
    yield "|---|---|---|"
    for code, wording in wordings:
        yield f"| [{code}](#{code.lower()}) | {wording.ko} | {wording.en} |"


def _explanation(meaning: Explanation) -> Iterator[str]:
    yield meaning.ko
    yield meaning.en
    if meaning.check:
        yield f"Check `{meaning.check}`" + (f", {meaning.reference}" if meaning.reference else "")


def _wording(wording: Wording) -> str:
    lines = [wording.ko, wording.fix_ko and f"→ {wording.fix_ko}", wording.en, wording.fix_en and f"→ {wording.fix_en}"]
    return "\n".join(f"- {line}" for line in lines if line)


def _products() -> Iterator[str]:
    yield PRODUCTS_HEAD
    sources = list(dict.fromkeys(source for row in products().values() for source in row.sources))
    for operator in operators().values():
        rows = [row for row in products().values() if row.operator == operator]
        if rows:
            yield f"### {operator.title('ko')}: {operator.title('en')}"
            yield "\n".join(_products_of(rows, sources))
    yield "## Sources"
    yield "\n".join(f"{n}. {_source(source)}" for n, source in enumerate(sources, 1))
    yield "## Authorities that are named"
    yield "\n".join(_authorities())
    yield "This page is generated from `certs/products.json` and `certs/authorities.json` by `docs/generate.py`."


def _products_of(rows: list[Product], sources: list[Source]) -> Iterator[str]:
    yield "| policy OID | 상품 | product | holder | limited to | may sign | sources |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        numbers = ", ".join(str(sources.index(source) + 1) for source in row.sources)
        limited = f"{row.limited_ko}: {row.limited_en}" if row.is_limited else ""
        signs = "yes" if row.signs else "no"
        yield f"| {row.oid} | {row.ko} | {row.en} | {row.holder} | {limited} | {signs} | {numbers} |"


def _source(source: Source) -> str:
    if source.url.startswith("https://"):
        return f"[{source.title}]({source.url})"
    return f"{source.title}: `{source.url}`" if source.url else source.title


def _authorities() -> Iterator[str]:
    yield "| O | CN | 인증기관 | authority |"
    yield "|---|---|---|---|"
    for name in names():
        title_ko, title_en = name.of("N").title("ko"), name.of("N").title("en")
        yield f"| {name.operator.organization} | `{name.pattern}` | {title_ko} | {title_en} |"


def _layouts() -> Iterator[str]:
    yield LAYOUTS_HEAD
    for layout in LAYOUTS.values():
        yield f"## {layout.code} {layout.ko}: {layout.en}"
        for part, record in layout.parts:
            yield f"### {layout.code} {part.value}, {record.total} bytes"
            yield "\n".join(_table(layout, record))
    yield "## Response codes named above"
    yield "\n".join(_response_codes())


def _table(layout: FileLayout, record: Record) -> Iterator[str]:
    yield "| no | offset | width | mode | name | 항목명 | value | code |"
    yield "|---:|---:|---:|---|---|---|---|---|"
    for no, field in enumerate(record.fields, 1):
        cells = (no, record.offsets[field.name], field.width, field.mode.value, f"`{field.name}`", field.ko)
        yield "| " + " | ".join(map(str, (*cells, _value(field), field.response_code))) + " |"
    if record is layout.data and layout.evidence is not None:
        evidence = layout.evidence
        yield (
            f"| {evidence.no} | {record.total} | `evidence_size` | Binary | `{evidence.name}` | {evidence.ko} | |"
            f" {record.field('evidence_size').response_code} |"
        )


def _value(field: Field) -> str:
    if field.const is not None:
        return f"`{field.const!r}`" if field.const else "SPACE"
    if field.values:
        return ", ".join(f"`{value}`" for value in sorted(field.values))
    if field.date:
        return "YYYYMMDDhhmmss" if field.width == len("YYYYMMDDhhmmss") else "YYYYMMDD"
    return f"`{field.pattern}`" if field.pattern else ""


def _response_codes() -> Iterator[str]:
    fields = [field for layout in LAYOUTS.values() for _, record in layout.parts for field in record.fields]
    yield "| code | 내용 | meaning |"
    yield "|---|---|---|"
    for code in sorted({field.response_code for field in fields}):
        row = RESPONSE_CODES[code]
        yield f"| {row.code} | {row.ko} | {row.en} |"


if __name__ == "__main__":
    main()
