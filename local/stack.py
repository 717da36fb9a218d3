"""The whole system on one machine: every service template deployed to an emulator of AWS."""

import json
import re
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from botocore.exceptions import ClientError

from local import emulator, oidc
from local.callers import ACCOUNT_ROOT, OPERATOR_MAY, Caller, allow, create_user
from local.expand import expand
from local.root import Application, Root

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / "build" / "local"

_WRONG = re.compile(r"ERROR|WARNING|Error\b|Denied")
_ARTIFACTS = "local-templates"
_AUDIENCE = "local"
_DEPLOY_TIMEOUT_S = 60


class DeployFailed(RuntimeError):
    """A service stack was refused; the message says which resources and why."""


class Stack:
    """A running system. Made by `with Stack.start(...) as stack`; gone when the block ends."""

    def __init__(self, endpoint_url: str, issuer: oidc.Issuer, root: Root, log: Path) -> None:
        self.endpoint_url = endpoint_url
        self._issuer = issuer
        self._root = root
        self._log = log
        iam = self.client("iam", ACCOUNT_ROOT)
        self.operator = create_user(iam, "operator", allow(*OPERATOR_MAY))
        self._apis: dict[str, str] = {}
        self._outputs: dict[str, dict[str, str]] = {}

    @classmethod
    @contextmanager
    def start(
        cls,
        parameters: Mapping[str, str] | None = None,
        *,
        template: Path = ROOT / "template.yaml",
        state: Path = STATE,
    ) -> Iterator["Stack"]:
        """Deploys `template` under `parameters`, which override those of the root template.

        Signatures, policies and each function's role are enforced (decision 0012).
        """
        state.mkdir(parents=True, exist_ok=True)
        log = state / "emulator.log"
        with ExitStack() as resources:
            resources.enter_context(_terminable())
            issuer = resources.enter_context(oidc.running())
            identity = {"JwtIssuer": issuer.url, "JwtAudience": _AUDIENCE}
            root = Root(template, identity | dict(parameters or {}))
            url = resources.enter_context(emulator.running(state, log))
            stack = cls(url, issuer, root, log)
            stack._deploy_all()
            yield stack

    def client(self, service: str, caller: Caller | None = None) -> Any:
        """A boto3 client, in the operator's name when no caller is given."""
        return (caller or self.operator).client(service, self.endpoint_url)

    def api(self, service: str) -> str:
        """Base URL of the service's HTTP API, without a slash at its end."""
        return self._apis[service]

    def apis(self) -> dict[str, str]:
        return dict(self._apis)

    def outputs(self, service: str) -> dict[str, str]:
        return dict(self._outputs[service])

    def jwt(self, user_id: str, ttl_s: int = 86_400, audience: str = "") -> str:
        """A guest's token that the JWT authorizers of this stack accept, or one of another app."""
        wanted = audience or self._root.parameters["JwtAudience"]
        return self._issuer.token(user_id, wanted, ttl_s)

    def problems(self, lines: int = 40) -> str:
        """For error reports: the last lines of the emulator's log in which something went wrong."""
        found = self._log.read_text(errors="replace").splitlines()
        return "\n".join([line for line in found if _WRONG.search(line)][-lines:])

    def _deploy_all(self) -> None:
        self.client("s3", ACCOUNT_ROOT).create_bucket(
            Bucket=_ARTIFACTS, CreateBucketConfiguration={"LocationConstraint": emulator.REGION}
        )
        for application in self._root.applications():
            self._deploy(application)
        self._refuse_empty_functions()

    def _deploy(self, application: Application) -> None:
        service, name = application.service, application.service.replace("_", "-")
        body = json.dumps(expand(application.template, self.endpoint_url))
        self.client("s3", ACCOUNT_ROOT).put_object(Bucket=_ARTIFACTS, Key=name, Body=body.encode())
        parameters = self._root.resolve_parameters(application)
        if "PublicBaseUrl" in parameters:
            # The emulator's API host does not resolve, and its path prefix is its own.
            parameters["PublicBaseUrl"] = (
                f"{self.endpoint_url}/_aws/execute-api/{{api_id}}/$default"
            )
        cloudformation = self.client("cloudformation", ACCOUNT_ROOT)
        cloudformation.create_stack(
            StackName=name,
            TemplateURL=f"{self.endpoint_url}/{_ARTIFACTS}/{name}",
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        )
        outputs = _finished(cloudformation, name)
        self._outputs[service] = self._root.outputs[application.name] = outputs
        if api_id := _physical_id(cloudformation, name, "Api"):
            self._apis[service] = f"{self.endpoint_url}/_aws/execute-api/{api_id}/$default"

    def _refuse_empty_functions(self) -> None:
        # The emulator answers 200 in place of a function that has no code.
        pages = self.client("lambda").get_paginator("list_functions").paginate()
        empty = [
            f["FunctionName"] for page in pages for f in page["Functions"] if not f["CodeSize"]
        ]
        if empty:
            raise DeployFailed(f"functions without code: {empty}")


def describe(stack: Stack) -> dict[str, Any]:
    """What a program outside needs: the keys `apis` and `aws` of build/local.json."""
    return {
        "apis": stack.apis(),
        "aws": {
            "endpoint_url": stack.endpoint_url,
            "region": emulator.REGION,
            "access_key_id": stack.operator.access_key_id,
            "secret_access_key": stack.operator.secret_access_key,
        },
    }


def _finished(cloudformation: Any, name: str) -> dict[str, str]:
    """Waits for the creation of a stack; its outputs."""
    deadline = time.monotonic() + _DEPLOY_TIMEOUT_S
    while time.monotonic() < deadline:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
        if stack["StackStatus"] != "CREATE_IN_PROGRESS":
            break
        time.sleep(0.02)
    raise DeployFailed(f"{name} is {stack['StackStatus']}:\n{_failures(cloudformation, name)}")


def _failures(cloudformation: Any, name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return "\n".join(
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in events
        if "FAILED" in event["ResourceStatus"]
    )


def _physical_id(cloudformation: Any, name: str, resource: str) -> str | None:
    try:
        answer = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId=resource)
    except ClientError:
        return None
    physical_id: str = answer["StackResourceDetail"]["PhysicalResourceId"]
    return physical_id


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the block as an exception does, so that nothing is left running."""

    def leave(signum: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + signum)

    previous = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
