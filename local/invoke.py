"""`make invoke F=qr_orders/create`: sends a function its own event on the stack of `make up`."""

import json
import os
import sys
from pathlib import PurePath

import boto3

from local.stack import ROOT


def main(function: str) -> None:
    """`function` is "<service>/<endpoint>" or "<service>/tasks/<task>"; prints what it answers."""
    service, short = PurePath(function).parts[0], PurePath(function).stem
    described = ROOT / "build" / "local.json"
    if not described.is_file():
        sys.exit("nothing runs here: start `make up` in another terminal")
    place = json.loads(described.read_text(encoding="utf-8"))["aws"]
    place = {name: place[key] for name, key in _CLIENT.items()}
    name = f"{os.environ.get('STAGE', 'dev')}-{service}-{short}"
    event = (ROOT / "events" / service / f"{short}.json").read_bytes()
    answer = boto3.client("lambda", **place).invoke(FunctionName=name, Payload=event)
    found = json.loads(answer["Payload"].read())
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


_CLIENT = {
    "endpoint_url": "endpoint_url",
    "region_name": "region",
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
}

if __name__ == "__main__":
    main(sys.argv[1])
