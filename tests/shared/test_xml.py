"""The door for XML: what it reads, and what it never lets in."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import xml

_BOMB = b'<!DOCTYPE a [<!ENTITY b "%s">]><a>&b;</a>' % (b"x" * 50)


def test_text_empty_and_repeated_elements_are_told_apart() -> None:
    found = xml.parse(b"<a><b>1</b><c/><d>x</d><d>y</d></a>")["a"]

    assert found == {"b": "1", "c": None, "d": ["x", "y"]}
    assert (xml.scalar(found, "b"), xml.scalar(found, "c"), xml.scalar(found, "e")) == (
        "1",
        "",
        None,
    )


def test_a_namespace_is_matched_whatever_its_prefix() -> None:
    for prefix in ("ns1", "uws"):
        body = f'<{prefix}:op xmlns:{prefix}="http://x/" a="1"><id>7</id></{prefix}:op>'
        assert xml.parse(body.encode(), namespaces=True) == {"http://x/:op": {"id": "7"}}


def test_a_prefix_that_nothing_binds_is_malformed() -> None:
    with pytest.raises(xml.MalformedXml):
        xml.parse(b"<p:a><id>7</id></p:a>", namespaces=True)


def test_attributes_are_read_where_they_are_asked_for() -> None:
    body = b'<a><b id="1">x</b><b id="2"/><c>y</c></a>'

    assert xml.parse(body)["a"] == {"b": ["x", None], "c": "y"}
    assert xml.parse(body, attributes=True)["a"] == {
        "b": [{"@id": "1", "#text": "x"}, {"@id": "2"}],
        "c": "y",
    }


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert xml.parse("\ufeff<a>я</a>".encode()) == {"a": "я"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="no document"),
        pytest.param(b"<a>", id="truncated"),
        pytest.param(b"<a/><a/>", id="two roots"),
        pytest.param(_BOMB, id="internal entity"),
        pytest.param(b'<!DOCTYPE a SYSTEM "http://x/y.dtd"><a/>', id="external type"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><a/>', id="pe"),
        pytest.param(b"<a>" * 33 + b"</a>" * 33, id="too deep"),
        pytest.param(b"<a>" * 9000 + b"</a>" * 7000, id="far too deep"),
        pytest.param(
            b"<a " + b" ".join(b'b%d=""' % n for n in range(300)) + b"/>", id="too many attributes"
        ),
        pytest.param(b"<a>10<!-- -->00</a>", id="comment inside a number"),
        pytest.param(b"<a>10<![CDATA[00]]></a>", id="cdata inside a number"),
        pytest.param(b"<a><?php x?></a>", id="processing instruction"),
        pytest.param("<a>я</a>".encode("cp1251"), id="other bytes"),
        pytest.param("<a>1</a>".encode("utf-16"), id="utf-16"),
        pytest.param(b'<?xml version="1.0" encoding="windows-1251"?><a>1</a>', id="other name"),
        pytest.param("<a>\ufffd</a>".encode(), id="replaced by the gateway"),
        pytest.param(b"<a>\x00</a>", id="nul"),
        pytest.param(b"<a>" + b"x" * xml.BYTES_MAX + b"</a>", id="too large"),
    ],
)
def test_what_no_payment_system_sends_is_refused(body: bytes) -> None:
    with pytest.raises(xml.MalformedXml):
        xml.parse(body)


@pytest.mark.parametrize("body", [b"<a><b>1</b><b>2</b></a>", b"<a><b><c/></b></a>"])
def test_a_scalar_is_one_text(body: bytes) -> None:
    with pytest.raises(xml.MalformedXml):
        xml.scalar(xml.parse(body)["a"], "b")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(xml.MalformedXml):
        xml.parse(body)


@given(st.text(max_size=50))
def test_escaped_text_never_becomes_markup(text: str) -> None:
    document = f'<a b="{xml.escape(text)}"><c>{xml.escape(text)}</c></a>'

    assert xml.parse(document.encode())["a"].keys() == {"c"}
