"""`python -m local.openapi [--check]`: writes docs/openapi/<service>.json, or compares them."""

import json
import sys
from collections.abc import Iterator

from local.openapi.document import Json, document
from tests.architecture.templates import KEEPERS, STAGE, service
from tests.support.aws_world import aws_world
from tests.support.intrinsics import ROOT

FOLDER = ROOT / "docs" / "openapi"


def documents() -> Iterator[tuple[str, Json]]:
    """Of every service of ours that has an API."""
    for name in KEEPERS:
        if service(name).routes:
            with aws_world(name, stage=STAGE) as world:
                yield name, document(service(name), world)


def main(check: bool) -> None:
    wanted = {f"{name}.json": _text(found) for name, found in documents()}
    kept = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.json")}
    if check:
        if names := different(wanted, kept):
            sys.exit(f"docs/openapi is not what the code says, run make documents: {names}")
        return
    for name in kept.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def different(wanted: dict[str, str], kept: dict[str, str]) -> list[str]:
    """Names of documents that differ, are missing or have no service any more."""
    return sorted({name for name, _ in wanted.items() ^ kept.items()})


def _text(found: Json) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    main(check=sys.argv[1:] == ["--check"])
