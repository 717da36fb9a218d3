"""`make docs`: the OpenAPI documents as a static site in build/site, without a network to read it.

The viewer is Redoc, a pinned package of npm, verified and copied beside the pages (decision 0029).
"""

import base64
import hashlib
import html
import json
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from local.openapi.__main__ import FOLDER
from tests.support.intrinsics import ROOT

Json = dict[str, Any]

SITE: Final = ROOT / "build" / "site"
VIEWER: Final = "redoc@2.5.4"
INTEGRITY: Final = (
    "sha512-M6jWhG1qoBnH6TFmzJnstyCZ87HmOY/UzDm78mHiYihEd"
    "lV/YcS9ogOo1NlElnJMeLsyxHFe2yFc4sNjHTrABQ=="
)
_SCRIPT: Final = "redoc.standalone.js"
# A page asks nobody for anything: the viewer's own picture of its maker stays away, too.
_POLICY: Final = (
    "default-src 'none'; script-src 'self' file:; style-src 'unsafe-inline' 'self' file:; "
    "worker-src blob:; img-src data:"
)
_STYLE: Final = """body { margin: 0; font-family: sans-serif; }
main { max-width: 60em; margin: 3em auto; padding: 0 1em; line-height: 1.5; }
dt { margin-top: 1em; font-weight: bold; }
"""
_START: Final = """Redoc.init(window.description, {
  hideDownloadButton: true, pathInMiddlePanel: true, expandResponses: "200,201,202"
}, document.getElementById("page"));
"""


class NotTheViewer(Exception):
    """The package is not the one that was looked at when it was pinned."""


def site(documents: Mapping[str, Json]) -> dict[str, str]:
    """Text of every file of the site by name, but for the viewer's."""
    files = {"style.css": _STYLE, "start.js": _START, "index.html": _index(documents)}
    for service, document in documents.items():
        files[f"{service}.html"] = _page(
            service,
            '<div id="page"></div>',
            (_SCRIPT, f"{service}.js", "start.js"),
        )
        text = json.dumps(document, ensure_ascii=False)
        files[f"{service}.js"] = f"window.description = {text};\n"
    return files


def _index(documents: Mapping[str, Json]) -> str:
    rows = [
        f'<dt><a href="{service}.html">{service}</a></dt>\n'
        f"<dd>{html.escape(_about(document))} ({len(document['paths'])} paths)</dd>"
        for service, document in sorted(documents.items())
    ]
    listed = "\n".join(rows)
    return _page("APIs", f"<main><h1>APIs</h1>\n<dl>\n{listed}\n</dl></main>", ())


def _about(document: Json) -> str:
    return str(document["info"]["description"]).partition(" - ")[2].rstrip(".")


def _page(title: str, body: str, scripts: tuple[str, ...]) -> str:
    loaded = "\n".join(f'<script src="{each}"></script>' for each in scripts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
{body}
{loaded}
</body>
</html>
"""


def viewer(package: bytes, integrity: str = INTEGRITY) -> dict[str, bytes]:
    """The viewer's files by name, of the package's archive. Raises NotTheViewer."""
    found = base64.b64encode(hashlib.sha512(package).digest()).decode()
    if f"sha512-{found}" != integrity:
        raise NotTheViewer(f"sha512-{found}")
    wanted = {f"package/bundles/{_SCRIPT}": _SCRIPT, "package/LICENSE": "redoc.LICENSE"}
    with tarfile.open(fileobj=BytesIO(package)) as archive:
        read = {name: archive.extractfile(name) for name in wanted}
        return {wanted[name]: file.read() for name, file in read.items() if file is not None}


def _package() -> bytes:
    """The archive, as npm has it in its cache or fetches it."""
    folder = ROOT / "build" / "viewer"
    folder.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", VIEWER, "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"npm could not fetch {VIEWER}\n{done.stderr}")
    return (folder / done.stdout.split()[-1]).read_bytes()


def main(place: Path = SITE) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for left in place.iterdir():
        left.unlink()  # of a service that is gone
    documents = {file.stem: json.loads(file.read_text("utf-8")) for file in FOLDER.glob("*.json")}
    for name, content in viewer(_package()).items():
        (place / name).write_bytes(content)
    for name, text in site(documents).items():
        (place / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{place.relative_to(ROOT)}/index.html: {len(documents)} APIs\n")


if __name__ == "__main__":
    main()
