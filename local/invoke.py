"""`make invoke F=qr_orders/create`: sends a function its own event on the stack of `make up`."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

import boto3

from local.running import DESCRIPTION
from local.stack import ROOT

_CLIENT = {
    "endpoint_url": "endpoint_url",
    "region_name": "region",
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
}


def event_of(function: str) -> Path:
    """Where the event of "<service>/<endpoint>" or "<service>/tasks/<task>" lies."""
    path = PurePath(function)
    return ROOT / "events" / path.parts[0] / f"{path.stem}.json"


def invoke(function: str, place: Mapping[str, str], stage: str = "dev") -> tuple[Any, bool]:
    """What the function answers its event, and whether it ended by itself: the other is an error.

    `place` is the key `aws` of build/local.json.
    """
    event = event_of(function)
    client = boto3.client("lambda", **{name: place[key] for name, key in _CLIENT.items()})
    name = f"{stage}-{event.parent.name}-{event.stem}"
    answer = client.invoke(FunctionName=name, Payload=event.read_bytes())
    return json.loads(answer["Payload"].read()), "FunctionError" not in answer


def main(function: str, described: Path = DESCRIPTION) -> None:
    """Prints the answer; a function that failed ends this, too."""
    if not event_of(function).is_file():
        events = sorted(event_of(function).parent.parent.glob("*/*.json"))
        names = (f"{file.parent.name}/{file.stem}" for file in events)
        sys.exit("\n".join([f"no event for {function!r}; there is", *names]))
    if not described.is_file():
        sys.exit("nothing runs here: start `make up` in another terminal")
    place = json.loads(described.read_text(encoding="utf-8"))["aws"]
    found, ended = invoke(function, place, os.environ.get("STAGE", "dev"))
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    if not ended:
        sys.exit("the function failed; build/local/emulator.log says where")


if __name__ == "__main__":
    main(sys.argv[1])
