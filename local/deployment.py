"""`python -m local.deployment`: writes docs/deployment.md, what is deployed and its parameters."""

import re
from collections.abc import Sequence
from typing import Final

from tests.support.intrinsics import ROOT, Json, read

FILE: Final = ROOT / "docs/deployment.md"
_TEXT: Final = """# Deployment

Written by `make documents` from the templates; the words are in `local/deployment.py`.

```
make build                       # packages and our code with Lambda's bytecode, in build/release
make deploy STAGE=dev            # or stage, prod; sam deploy underneath, with your AWS credentials
```

`samconfig.toml` has a section a stage: stack name, region and parameters. `JwtIssuer` and
`JwtAudience` have no default, for guests are somebody's: add them to the stage's
`parameter_overrides`, and for `Upstreams=live` the base URLs; commit that file in your fork. The
stages `stage` and `prod` show the changes and ask. `prod` refuses the sandbox.

By hand only secrets are entered, each after the first deployment: the chat's webhook is the
parameter `ChatUrl` or the secret `<stage>/operations/chat`, credentials of payment systems come
with each wallet. Peppers and keys are made by the templates.

`make build` needs Python 3.13 to compile what Lambda runs; without it everything works and cold
starts are slower. Bytecode is never compared with its source, so the same sources make the same
zips, and a deployment replaces only what has changed. A deleted stack leaves its tables, buckets
and keys behind; a new one of the same stage finds their names taken, and CloudFormation can import
them. All functions change at once: [why](decisions/0027-no-gradual-deployment.md).

Each service is a stack of its own, and can be deployed alone, by a team with no rights on the
others. Others' functions, queues and topics are known by their names, others' keys by parameters:

```
make deploy STAGE=dev SERVICE=qr_partners
make deploy STAGE=dev SERVICE=client_api PARAMETERS="JwtIssuer=https://... JwtAudience=guests ..."
```

What needs something that must exist first says so below; the rest goes in any order.

## The whole: template.yaml

{root}
{services}"""


def text() -> str:
    root = read(ROOT / "template.yaml")
    parameters = root["Parameters"]
    rows = [(name, _default(found), _said(found)) for name, found in parameters.items()]
    services = "\n".join(_service(name, root) for name in root["Resources"])
    return _TEXT.format(root=_table(("parameter", "default", "what"), rows), services=services)


def _service(application: str, root: Json) -> str:
    resource = root["Resources"][application]
    properties = resource["Properties"]
    template = read(ROOT / properties["Location"])
    given = properties["Parameters"]
    rows = [
        (name, _default(found), _source(given.get(name), root) or _said(found))
        for name, found in template["Parameters"].items()
    ]
    parts = [f"## {properties['Location']}\n"]
    if "DependsOn" in resource:
        parts.append(f"After {resource['DependsOn']}: it names what is there.\n")
    parts.append(_table(("parameter", "default", "what"), rows))
    if outputs := template.get("Outputs"):
        parts.append(f"Outputs: {', '.join(f'`{name}`' for name in outputs)}.\n")
    return "\n".join(parts)


def _source(node: Json | None, root: Json) -> str:
    """What the root template gives: a parameter of its own, or an output of another service."""
    match node:
        case {"Ref": str(name)}:
            return _said(root["Parameters"][name])
        case {"Fn::GetAtt": [str(giver), str(output)]}:
            return f"output `{output.partition('.')[2]}` of `{giver}`"
        case {"Fn::If": [_condition, first, second]}:
            return " or ".join(filter(None, [_source(second, root), _source(first, root)]))
        case {"Fn::Sub": str(pattern)}:
            return f"`{re.sub(r'[.]Outputs[.]', '.', pattern)}` with the sandbox"
    return ""


def _default(parameter: Json) -> str:
    if "Default" not in parameter:
        return "**needed**"
    return f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"


def _said(parameter: Json) -> str:
    values = ", ".join(f"`{value}`" for value in parameter.get("AllowedValues", ()))
    return "; ".join(filter(None, [str(parameter.get("Description", "")), values]))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    named = [(f"`{name}`", *more) for name, *more in rows]
    cells: list[tuple[str, ...]] = [head, ("---",) * len(head), *named]
    return "\n".join(f"| {' | '.join(each)} |" for each in cells) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
