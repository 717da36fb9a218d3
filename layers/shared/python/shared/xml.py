"""The one door for XML from outside: bounded, no entities, one value a name (FX-19, RELIABILITY K).

xmltodict alone takes a comment inside a number, 100,000 attributes or an external DTD without a
word; so a first pass with expat, which builds nothing, refuses what no payment system sends.
"""

from collections.abc import Mapping
from typing import Any, Final, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape as _escape

import xmltodict

BYTES_MAX: Final = 64 * 1024
_DEPTH_MAX: Final = 32
_ATTRIBUTES_MAX: Final = 256
_BOM: Final = b"\xef\xbb\xbf"
# XML 1.0 has no way to write these, escaped or not.
_NEVER: Final = dict.fromkeys(
    [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "?"
)


class MalformedXml(ValueError):
    """Not a document that we read. Says why, never quotes it."""


Node = Mapping[str, Any]


def parse(body: bytes, namespaces: bool = False, attributes: bool = False) -> Node:
    """{root: content}: text, None when empty, a mapping, or a list of a repeated element.

    With `namespaces` a name reads "<namespace>:<local>", without a prefix of its own just
    "<local>". Attributes are dropped, unless `attributes`: then an element that has any is
    {"@name": value, "#text": text}. Raises MalformedXml.
    """
    text = _text(body)
    _Guard().read(text)
    try:
        found: Node = xmltodict.parse(
            text,
            encoding="utf-8",
            process_namespaces=namespaces,
            xml_attribs=attributes,
            strip_whitespace=False,
            postprocessor=_stripped,
        )
    except expat.ExpatError:
        # Well formed, but for a prefix that nothing binds.
        raise MalformedXml("not well formed") from None
    return found


def scalar(node: Node, name: str) -> str | None:
    """The text of child `name`, "" when it is empty, None when there is none.

    Raises MalformedXml when it is repeated or holds elements.
    """
    if name not in node:
        return None
    value = node[name]
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedXml("not a scalar")
    return value


def escape(text: str) -> str:
    """`text` as the content of an element or of a double-quoted attribute."""
    return _escape(text.translate(_NEVER), {'"': "&quot;"})


def _stripped(_path: object, name: str, value: Any) -> Any:
    """Without XML's own white space; xmltodict would take a no-break space off a number, too.

    None drops what stands between elements.
    """
    if not isinstance(value, str):
        return name, value
    bare = value.strip(" \t\r\n") or None
    return None if bare is None and name == "#text" else (name, bare)


def _text(body: bytes) -> bytes:
    if len(body) > BYTES_MAX:
        raise MalformedXml("too large")
    bare = body.removeprefix(_BOM)
    try:
        decoded = bare.decode()
    except UnicodeDecodeError:
        raise MalformedXml("not UTF-8") from None
    # The gateway puts U+FFFD where bytes were no UTF-8: what was sent is lost.
    if "\ufffd" in decoded or "\x00" in decoded:
        raise MalformedXml("not UTF-8")
    return bare


class _Guard:
    """One pass that keeps nothing but counts."""

    def __init__(self) -> None:
        self._depth = 0
        self._attributes = 0

    def read(self, text: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._refuse("a document type")
        parser.CommentHandler = self._refuse("a comment")
        parser.ProcessingInstructionHandler = self._refuse("a processing instruction")
        parser.StartCdataSectionHandler = self._refuse("a CDATA section")
        try:
            parser.Parse(text, True)
        except expat.ExpatError:
            raise MalformedXml("not well formed") from None

    def _start(self, _name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._attributes += len(attributes)
        if self._depth > _DEPTH_MAX or self._attributes > _ATTRIBUTES_MAX:
            raise MalformedXml("too deep or too wide")

    def _end(self, _name: str) -> None:
        self._depth -= 1

    @staticmethod
    def _declaration(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() != "utf-8":
            raise MalformedXml("declared as other than UTF-8")

    @staticmethod
    def _refuse(what: str) -> Any:
        def refuse(*_arguments: object) -> NoReturn:
            raise MalformedXml(what)

        return refuse
