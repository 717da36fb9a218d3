"""The malformed-input classes of RELIABILITY appendix D, applied to a valid payment."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from fleet_payment_systems.providers.base import WireRequest

IDS = ("+1", "1_0", "１０", "1 0", "", "1" * 100, "<a>", "\u202e1")
NUMBERS = (
    *("1e3", "+1", "01", "1_0", "１０", "NaN", "Infinity", "1" + "0" * 30, "0.001", "-0", "-1"),
    *("1,000.00", "1.000,00", "0x10", "1 0", "", " ", "1.", ".1", "1.0.0", "٣", "1\u00a0"),
)
DATES = ("20240230120000", "2024-02-30T00:00:00Z", "99991231235959", "00000000000000", "1", "x")
ACCOUNTS = ("", "0" * 10_000, "\u202e542001", "10 0245", "../../x", "%31%30", "a" * 10_000, "<a>")
_NO_JSON_VALUES = ("{}", "[1]", "true", "null", "1e3", "-1", "NaN", "01")
_XXE = (
    '<!DOCTYPE a [<!ENTITY x "15000">]>',
    '<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd">',
    '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
)


def classes(request: WireRequest, fields: tuple[str, ...]) -> Iterator[tuple[str, WireRequest]]:
    """(class, request) of inputs that no adapter may take for a payment. `fields` are the names
    of number, account, amount and date, as far as the protocol has them.
    """
    if request.method == "GET":
        yield from _of_query(request, fields)
    else:
        yield from _of_bytes(request)
        yield from (_of_json if request.body.startswith(b"{") else _of_xml)(request, fields)


def _of_query(request: WireRequest, fields: tuple[str, ...]) -> Iterator[tuple[str, WireRequest]]:
    raw = request.raw_query
    yield "empty", replace(request, raw_query="")
    yield "too large", replace(request, raw_query=raw + "&x=" + "a" * 65_536)
    yield "too many", replace(request, raw_query=raw + "&a=1" * 5000)
    yield "no utf-8", replace(request, raw_query=raw + "&x=%ff%fe")
    yield "nul", replace(request, raw_query=raw + "&x=%00")
    yield "half a surrogate", replace(request, raw_query=raw + "&x=\ud800")
    yield "a body of another", replace(request, method="POST", body=b"\xff\xfe")
    for name in fields:
        value = next(pair for pair in raw.split("&") if pair.startswith(f"{name}="))
        yield f"{name} twice", replace(request, raw_query=f"{raw}&{value}")
        yield f"{name} twice, another", replace(request, raw_query=f"{raw}&{name}=7")
        yield f"{name} missing", replace(request, raw_query=raw.replace(value, "x=1"))
        yield f"{name}[]", replace(request, raw_query=raw.replace(f"{name}=", f"{name}%5B%5D="))
        yield (
            f"{name} encoded twice",
            replace(request, raw_query=raw.replace(value, f"{name}=%2531")),
        )
    yield from _values(request, fields)


def _values(request: WireRequest, fields: tuple[str, ...]) -> Iterator[tuple[str, WireRequest]]:
    for name, values in zip(fields, (IDS, ACCOUNTS, NUMBERS, DATES), strict=False):
        for value in values:
            pair = next(
                each for each in request.raw_query.split("&") if each.startswith(f"{name}=")
            )
            told = request.raw_query.replace(pair, f"{name}={quote(value, safe='')}")
            yield f"{name} {value[:20]!r}", replace(request, raw_query=told)


def _of_bytes(request: WireRequest) -> Iterator[tuple[str, WireRequest]]:
    body, text = request.body, request.body.decode()
    yield "empty", replace(request, body=b"")
    yield "too large", replace(request, body=body + b" " * 65_536)
    yield "utf-16", replace(request, body=text.encode("utf-16"))
    yield "cp1251", replace(request, body=text.replace("1", "ё", 1).encode("cp1251"))
    yield "no utf-8", replace(request, body=body + b"\xff")
    yield "replaced", replace(request, body=body + "\ufffd".encode())
    yield "nul", replace(request, body=body + b"\x00")
    yield "gzip", replace(request, body=gzip.compress(body))
    yield "trailing data", replace(request, body=body + b"{}<a/>")
    yield "twice", replace(request, body=body + body)


def _of_xml(request: WireRequest, fields: tuple[str, ...]) -> Iterator[tuple[str, WireRequest]]:
    text = request.body.decode()
    head, _, rest = text.partition("?>\n")
    for doctype in _XXE:
        yield f"doctype {doctype[10:30]}", _with(request, f"{head}?>\n{doctype}{rest}")
    yield "deep", _with(request, f"{head}?>\n{'<a>' * 10_000}{rest}{'</a>' * 10_000}")
    wide = "".join(f' a{place}="1"' for place in range(1000))
    yield "wide", _with(request, f"{head}?>\n{rest.replace('>', wide + '>', 1)}")
    yield "declared cp1251", _with(request, text.replace("UTF-8", "windows-1251"))
    for name in fields:
        value = text.partition(f"<{name}>")[2].partition("</")[0]
        element = f"<{name}>{value}</{name}>"
        for what, other in _xml_values(name, value, element):
            yield f"{name} {what}", _with(request, text.replace(element, other))
    for name, values in zip(fields, (IDS, ACCOUNTS, NUMBERS, DATES), strict=False):
        value = text.partition(f"<{name}>")[2].partition("</")[0]
        for told in values:
            changed = text.replace(f"<{name}>{value}<", f"<{name}>{told}<")
            yield f"{name} {told[:20]!r}", _with(request, changed)


def _xml_values(name: str, value: str, element: str) -> Iterator[tuple[str, str]]:
    other = f"<{name}>7</{name}>"
    yield from (("twice", element * 2), ("twice, another", element + other), ("missing", ""))
    yield "with a comment", f"<{name}>{value[:1]}<!-- -->{value[1:]}</{name}>"
    yield "with CDATA", f"<{name}><![CDATA[{value}]]></{name}>"
    yield "with an instruction", f"<{name}>{value[:1]}<?x?>{value[1:]}</{name}>"
    yield "of elements", f"<{name}><b>{value}</b></{name}>"
    yield "in a namespace", f'<x:{name} xmlns:x="urn:x">{value}</x:{name}>'


def _of_json(request: WireRequest, fields: tuple[str, ...]) -> Iterator[tuple[str, WireRequest]]:
    text = request.body.decode()
    yield "comment", _with(request, text.replace("{", "{/* */", 1))
    yield "a list of calls", _with(request, f"[{text}]")
    yield "deep", _with(request, "[" * 50_000)
    for name in fields:
        start = f'"{name}": '
        value = text.partition(start)[2].partition(",")[0].rstrip("}")
        yield f"{name} twice", _with(request, text.replace(start, f"{start}{value}, {start}"))
        yield f"{name} missing", _with(request, text.replace(f'"{name}"', '"x"'))
        # Where amounts have a fraction, half of one is an amount.
        fraction = () if "." in value else ("1.5",)
        for other in (*_NO_JSON_VALUES, *fraction, str(2**64)):
            yield f"{name} {other}", _with(request, text.replace(start + value, start + other))
        for told in ("１０", "1e3", "", "\\ud800", "\\u0000", "x" * 10_000):
            yield (
                f"{name} {told[:9]}",
                _with(request, text.replace(start + value, f'{start}"{told}"')),
            )


def _with(request: WireRequest, text: str) -> WireRequest:
    return replace(request, body=text.encode("utf-8", "surrogatepass"))
