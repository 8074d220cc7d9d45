"""The fields of an ASN.1 structure, taken one after the other out of a DER tree."""

from __future__ import annotations

from verifier.der import INTEGER, OID, Element, dotted_oid


class StructureFault(Exception):
    """The message is not of the shape RFC 5652 gives. `where` is a path of field names, `offset` a byte offset."""

    def __init__(self, code: str, where: str, offset: int) -> None:
        super().__init__(code, where, offset)
        self.code, self.where, self.offset = code, where, offset


class Fields:
    """Takes the fields of a constructed element in order."""

    def __init__(self, der: bytes, element: Element, tag: int, where: str) -> None:
        if element.tag != tag:
            raise StructureFault("CMS-132", where, element.start)
        self.der, self.where = der, where
        self.rest = list(reversed(element.children))
        self.end = element.end
        self.last = element

    def take(self, tag: int, name: str) -> Element:
        if not self.rest or self.rest[-1].tag != tag:
            offset = self.rest[-1].start if self.rest else self.end
            raise StructureFault("CMS-132", f"{self.where}.{name}".rstrip("."), offset)
        self.last = self.rest.pop()
        return self.last

    def optional(self, tag: int) -> Element | None:
        return self.take(tag, "") if self.rest and self.rest[-1].tag == tag else None

    def next_tag(self) -> int | None:
        return self.rest[-1].tag if self.rest else None

    def oid(self, name: str) -> str:
        return dotted_oid(self.body(self.take(OID, name)))

    def integer(self, name: str) -> int:
        return int.from_bytes(self.body(self.take(INTEGER, name)), signed=True)

    def body(self, element: Element) -> bytes:
        return self.der[element.body : element.end]

    def finish(self) -> None:
        if self.rest:
            raise StructureFault("CMS-133", self.where, self.rest[-1].start)
