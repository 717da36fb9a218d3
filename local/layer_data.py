"""`python -m local.layer_data DATA SERVICE...`: botocore's data, of these services only.

botocore parses the endpoints of all services, a megabyte and a quarter, for the first client of a
process, and a service's whole model with its manual. A Lambda starts without both.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any


def slim(data: Path, services: Collection[str]) -> None:
    """Takes away, in the folder botocore/data, other services and every text of the manual."""
    for folder in (each for each in data.iterdir() if each.is_dir() and each.name not in services):
        shutil.rmtree(folder)
    endpoints = data / "endpoints.json"
    found = json.loads(endpoints.read_bytes())
    for partition in found["partitions"]:
        partition["services"] = {
            name: each for name, each in partition["services"].items() if name in services
        }
    endpoints.write_bytes(_dense(found))
    for model in data.glob("*/*/service-2.json.gz"):
        told = _untold(json.loads(gzip.decompress(model.read_bytes())))
        model.write_bytes(gzip.compress(_dense(told), mtime=0))


def _untold(node: Any) -> Any:
    """Without the texts called documentation; a structure may have a member of that name."""
    if isinstance(node, dict):
        return {
            name: _untold(value)
            for name, value in node.items()
            if not (name == "documentation" and isinstance(value, str))
        }
    return [_untold(each) for each in node] if isinstance(node, list) else node


def _dense(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


if __name__ == "__main__":
    slim(Path(sys.argv[1]), sys.argv[2:])
