"""The site of `make docs`: what it is made of, and what its check in a browser would notice."""

import base64
import hashlib
import io
import json
import re
import tarfile

import pytest

from local.error_catalogue import documents
from local.site import NotTheViewer, site, viewer
from local.site_check import complaints, missing
from tests.support.intrinsics import Json

SHOP: Json = {
    "info": {"description": "shop - what customers call."},
    "paths": {"/shop/v1/sell": {"post": {"operationId": "sell", "summary": "sells <one> thing"}}},
}


def test_every_api_has_its_page_and_a_line_of_the_index() -> None:
    found = documents()
    files = site(found)

    assert {f"{service}.html" for service in found} <= files.keys()
    assert set(re.findall(r'href="(\w+)\.html"', files["index.html"])) == found.keys()


def test_a_page_loads_what_lies_beside_it_and_nothing_else() -> None:
    files = site({"shop": SHOP})
    wanted = re.findall(r'(?:src|href)="([^"]+)"', files["shop.html"])

    assert set(wanted) == {"style.css", "redoc.standalone.js", "shop.js", "start.js"}
    assert "default-src 'none'" in files["shop.html"]
    assert "<script>" not in files["shop.html"]
    assert json.loads(files["shop.js"].removeprefix("window.description = ")[:-2]) == SHOP


def package(**files: bytes) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return written.getvalue()


def test_the_viewer_is_taken_from_the_package_that_was_pinned_and_from_no_other() -> None:
    good = package(**{"package/bundles/redoc.standalone.js": b"draw()", "package/LICENSE": b"MIT"})
    pinned = "sha512-" + base64.b64encode(hashlib.sha512(good).digest()).decode()

    found = viewer(good, pinned)
    assert found == {"redoc.standalone.js": b"draw()", "redoc.LICENSE": b"MIT"}
    with pytest.raises(NotTheViewer):
        viewer(good + b"x", pinned)


def test_a_page_that_shows_all_is_not_reported() -> None:
    shown = "<h2>sells &lt;one&gt; thing</h2><span>/shop</span><span>/v1/sell</span>"
    assert list(missing("shop", SHOP, shown)) == []


def test_a_page_that_stays_empty_is_reported() -> None:
    assert list(missing("shop", SHOP, "<body></body>")) == [
        "shop: /shop/v1/sell is not shown",
        "shop: sell is not explained",
    ]


def test_a_page_that_asks_elsewhere_is_reported() -> None:
    meant = "Loading the image 'https://cdn.redoc.ly/redoc/logo-mini.svg' violates"
    said = [
        f'[1:1:INFO:CONSOLE:0] "{meant} the Content Security Policy directive"',
        "[1:1:INFO:CONSOLE:0] \"Connecting to 'https://x.example' violates the Content Security"
        ' Policy directive"',
        '[1:1:INFO:CONSOLE:3] "Uncaught TypeError: x is undefined"',
        "[1:1:WARNING:bus.cc(1)] no bus",
    ]

    assert len(list(complaints("shop", "\n".join(said)))) == 2
