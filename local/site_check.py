"""`python -m local.site_check`: every page of build/site as a real browser shows it, without one
request to anywhere else. Pictures go to build/site-pictures.
"""

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from local.openapi.__main__ import FOLDER
from local.site import SITE

PICTURES: Final = SITE.with_name("site-pictures")
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
# No address but the files themselves can be reached, should a page want one.
_FLAGS: Final = (
    *(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--enable-logging=stderr",
    ),
    *("--window-size=1400,1800", "--virtual-time-budget=20000"),
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_REFUSED: Final = re.compile(r"CONSOLE.*(Content Security Policy|ERR_|Error).*")
# The picture of the viewer's maker, on the maker's own server: kept away on purpose.
_MEANT: Final = "cdn.redoc.ly/redoc/logo-mini.svg"
_TIMEOUT_S: Final = 120


def main() -> None:
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        sys.stdout.write("no browser here: the pages were not looked at\n")
        return
    PICTURES.mkdir(exist_ok=True)
    problems = [
        problem
        for file in sorted(FOLDER.glob("*.json"))
        for problem in _problems(browser, file.stem, json.loads(file.read_text(encoding="utf-8")))
    ]
    _run(browser, SITE / "index.html", f"--screenshot={PICTURES / 'index.png'}")
    if problems:
        sys.exit("\n".join(problems))
    sys.stdout.write(f"shown as they should be; pictures in {PICTURES.name}\n")


def _problems(browser: str, service: str, document: dict[str, Any]) -> Iterator[str]:
    page = SITE / f"{service}.html"
    shown, said = _run(browser, page, "--dump-dom")
    _run(browser, page, f"--screenshot={PICTURES / f'{service}.png'}")
    yield from missing(service, document, shown)
    yield from complaints(service, said)


def complaints(service: str, said: str) -> Iterator[str]:
    """What a page's console says of errors, and of what the page's policy has kept away."""
    for line in said.splitlines():
        if _REFUSED.search(line) and _MEANT not in line:
            yield f"{service}: {line}"


def missing(service: str, document: dict[str, Any], shown: str) -> Iterator[str]:
    """Paths and summaries that a page should show and does not."""
    text = html.unescape(re.sub(r"<[^>]*>", "", shown))
    for path, methods in document["paths"].items():
        if path not in text:
            yield f"{service}: {path} is not shown"
        for operation in methods.values():
            if operation["summary"] not in text:
                yield f"{service}: {operation['operationId']} is not explained"


def _run(browser: str, page: Path, *flags: str) -> tuple[str, str]:
    done = subprocess.run(  # noqa: S603
        [browser, *_FLAGS, *flags, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=True,
    )
    return done.stdout, done.stderr


if __name__ == "__main__":
    main()
