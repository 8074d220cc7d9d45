"""Reading reports back: the page by an HTML parser that is strict about it, the document by pypdf."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Final

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

_VOID: Final = frozenset({"meta", "br", "link", "img", "hr", "input"})
_LEADS_OUT: Final = frozenset({"src", "href", "srcset", "action", "data", "poster", "background", "cite", "ping"})


class Html(HTMLParser):
    """A page: its elements with what text is in each, and what of it would load or run something."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[int] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[list[str]] = []
        self.feed(page.decode("utf-8"))
        self.close()
        assert not self.open, "an element was not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append([])
        if tag not in _VOID:
            self.open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for index in self.open:
            self.texts[index].append(data)

    def all(self, tag: str, **attributes: str) -> list[str]:
        """The texts of all elements of that kind."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            "".join(text)
            for (name, found), text in zip(self.elements, self.texts, strict=True)
            if name == tag and wanted.items() <= found.items()
        ]

    @property
    def text(self) -> str:
        (body,) = self.all("body")
        return body

    @property
    def tags(self) -> set[str]:
        return {name for name, _ in self.elements}

    def leads_out(self) -> list[tuple[str, str, str | None]]:
        """Attributes that name another place, but for places in the page, and those that run something."""
        return [
            (tag, name, value)
            for tag, attributes in self.elements
            for name, value in attributes.items()
            if (name in _LEADS_OUT and not (value or "").startswith("#")) or name.startswith("on") or name == "style"
        ]

    def consent(self) -> list[str]:
        """The signed text, line by line."""
        at = next(i for i, (_, found) in enumerate(self.elements) if (found.get("class") or "").startswith("text"))
        lines = []
        for (tag, _), text in zip(self.elements[at + 1 :], self.texts[at + 1 :], strict=True):
            if tag == "section":
                break
            if tag == "p":
                lines.append("".join(text))
        return lines


def pdf(document: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(document), strict=True)


def pdf_text(document: bytes) -> str:
    """Without line ends and spaces: where lines end is a matter of layout."""
    return squeezed("".join(page.extract_text() for page in pdf(document).pages))


def squeezed(text: str) -> str:
    return "".join(text.split())


def objects(document: bytes) -> Iterator[Any]:
    """Every object of a document."""
    reader: Any = pdf(document)
    for number in range(1, reader.trailer["/Size"]):
        yield reader.get_object(IndirectObject(number, 0, reader))


def fonts(of: list[Any]) -> list[DictionaryObject]:
    """The descriptors of all fonts among the objects of a document."""
    found = [one for one in of if isinstance(one, DictionaryObject)]
    return [one for one in found if one.get("/Type") == "/FontDescriptor"]
