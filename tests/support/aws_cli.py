"""The AWS CLI as far as the runbook uses it: bash reads the commands, botocore sends them."""

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore import xform_name
from botocore.model import Shape
from botocore.response import StreamingBody

from tests.support.intrinsics import Json

# Whatever a line calls `aws` with, argument by argument, a line a call.
_LISTEN: Final = r"""aws() { printf '%s\0' "$@"; printf '\n\0'; }"""
# Options of the CLI itself; --query and --output only shape what is printed.
_OWN: Final = {"--query", "--output", "--cli-binary-format"}
_SERVICES: Final = {"s3api": "s3"}


def arguments_of(commands: Sequence[str]) -> list[list[str]]:
    """What bash makes of each command: the arguments of the one `aws` that it runs."""
    found = []
    heard = _bash("\n".join([_LISTEN, *commands]))
    calls = heard.split("\n\0")[:-1]
    for call in calls:
        found.append(call.removesuffix("\0").split("\0"))
    return found


def _bash(script: str) -> str:
    ran = subprocess.run(
        ["/bin/bash", "-euo", "pipefail"],
        input=script,
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )
    return ran.stdout


@dataclass(frozen=True, slots=True)
class AwsCli:
    """`client(service)` is a boto3 client of the stack, in somebody's name."""

    client: Callable[[str], Any]

    def run(self, arguments: Sequence[str]) -> Json:
        """The answer of one call; of a Lambda its `Payload`, parsed. Raises ClientError."""
        service, operation, *rest = arguments
        client = self.client(_SERVICES.get(service, service))
        method = operation.replace("-", "_")
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
        answer: Json = getattr(client, method)(**_parameters(model.input_shape, rest))
        return {name: _read(value) for name, value in answer.items()}


def _parameters(shape: Any, rest: Sequence[str]) -> Json:
    members = {f"--{xform_name(name, '-')}": name for name in shape.members}
    found: Json = {}
    words = list(rest)
    while words:
        option = words.pop(0)
        values = []
        while words and not words[0].startswith("--"):
            values.append(words.pop(0))
        if option.startswith("--") and option not in _OWN:
            name = members[option]
            found[name] = _value(shape.members[name], values)
    return found


def _value(shape: Shape, values: list[str]) -> Any:
    match shape.type_name:
        case "list":
            return values
        case "integer" | "long":
            return int(values[0])
        case "structure" | "map":
            return json.loads(values[0])
        case "blob":
            # Of an invoke the last word is the file that the answer goes to.
            return values[0].encode()
    return values[0]


def _read(value: Any) -> Any:
    return json.loads(value.read()) if isinstance(value, StreamingBody) else value
