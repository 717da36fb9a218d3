"""`python -m local.expanded`: the templates as CloudFormation sees them, in build/expanded/."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from local.emulator import REGION

Json = dict[str, Any]

_ROOT = Path(__file__).resolve().parents[1]
EXPANDED = _ROOT / "build" / "expanded"


def expanded(source: Json) -> Json:
    """What AWS makes of a SAM template; nothing is adapted to any emulator."""
    sam = deepcopy(source)
    parts = [resource.get("Properties", {}) for resource in sam["Resources"].values()]
    for properties in [*parts, sam.get("Globals", {}).get("Function", {})]:
        for name in {"CodeUri", "ContentUri"} & properties.keys():
            properties[name] = "s3://bucket/key"  # where `sam package` would have put it
    translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=REGION))
    flat: Json = translator.translate(sam, {}, get_managed_policy_map=dict)
    translator.metrics.publish()  # to nowhere; unpublished ones are a warning at exit
    return flat


def main() -> None:
    EXPANDED.mkdir(parents=True, exist_ok=True)
    for left in EXPANDED.glob("*.json"):
        left.unlink()  # of a template that is gone, or of another branch
    for template in sorted((_ROOT / "templates").glob("*.yaml")):
        flat = expanded(yaml_parse(template.read_text(encoding="utf-8")))
        (EXPANDED / f"{template.stem}.json").write_text(json.dumps(flat, indent=1))


if __name__ == "__main__":
    main()
