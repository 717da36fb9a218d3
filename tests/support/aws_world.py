"""A fake AWS with the tables, queues, buckets and secrets of the real templates, and its functions.

with aws_world("qr_partners") as world:
    module = world.load("qr_partners", "get_authorize")
    status, body = world.invoke(module, event("POST", "/qr-partners/v1/get-authorize", body={...}))
"""

import importlib
import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch

from moto import mock_aws

from shared import aws, secrets_store
from shared.store import Row
from tests.support import calls, privileges, secrecy
from tests.support.calls import Call
from tests.support.documented import require_documented
from tests.support.intrinsics import REGION, ROOT, Json, Resolver, packages, read, resolver, wired

_ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SESSION_TOKEN": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_FOREIGN: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL")
_TABLE_PROPERTIES: Final = (
    *("TableName", "AttributeDefinitions", "KeySchema", "BillingMode"),
    *("GlobalSecondaryIndexes", "LocalSecondaryIndexes"),
)


class Context:
    """The Lambda context of one invocation with 20 s left."""

    aws_request_id = "00000000-0000-4000-8000-000000000000"
    function_name = "test"

    def get_remaining_time_in_millis(self) -> int:
        return 20_000


@dataclass(slots=True)
class World:
    """The services of one `aws_world` block. One environment is in force at a time."""

    stage: str
    resolvers: dict[str, Resolver]
    overrides: Mapping[str, str]
    _environments: dict[str, dict[str, str]] = field(default_factory=dict)
    _current: dict[str, str] = field(default_factory=dict)

    def environment(self, service: str, function: str | None = None) -> dict[str, str]:
        """What Lambda sets for the service's functions, or for that one function."""
        resolved = self.resolvers[service]
        variables = _variables(resolved.template.get("Globals", {}).get("Function", {}))
        for resource in resolved.template["Resources"].values():
            handler = resource.get("Properties", {}).get("Handler")
            if function is not None and handler == f"{function}.app":
                variables |= _variables(resource["Properties"])
        found = {name: str(value) for name, value in resolved.of(variables).items()}
        return found | {name: v for name, v in self.overrides.items() if name in found}

    def load(self, service: str, function: str) -> ModuleType:
        """The module of `function` ("create", "tasks.close"), imported anew with its wiring."""
        environment = self.environment(service, function)
        name = f"functions.{service}.{function}"
        _drop(name)
        for package in packages(self.resolvers[service].template):
            _drop(f"{package}.wiring")
            _drop(f"{package}.edge")  # it holds the wiring
        with self._inside(environment), privileges.running(f"{service}/{function}"):
            module = importlib.import_module(name)
        self._environments[name] = environment
        return module

    def invoke(self, module: ModuleType, event: Json) -> tuple[int, Json]:
        """One HTTP request: the status, and the JSON body ({} when there is none)."""
        answer = self.run(module, event)
        return int(answer["statusCode"]), json.loads(answer["body"] or "{}")

    def run(self, module: ModuleType, event: Json) -> Any:
        """One invocation of a loaded module's `app`, as Lambda would do it: its raw answer."""
        environment = self._environments[module.__name__]

        def keep(_call: Call) -> None:
            """Whoever ran while this one waited for its turn may be of another service."""
            self._enter(environment)

        with (
            self._inside(environment),
            calls.intercepting(keep),
            privileges.running(_function_of(module)),
        ):
            answer = module.app(event, Context())
        require_documented(module.__name__, module.app, answer)
        return answer

    def use(self, service: str) -> None:
        """Puts the service's environment in force: for tests that call its code directly."""
        self._enter(self.environment(service))

    @contextmanager
    def _inside(self, environment: dict[str, str]) -> Iterator[None]:
        before = self._current
        self._enter(environment)
        try:
            yield
        finally:
            if before:
                self._enter(before)

    def _enter(self, environment: dict[str, str]) -> None:
        """Two services name different tables alike (TASKS_TABLE), so rows must look it up anew."""
        if environment != self._current:
            for name in self._current:
                del os.environ[name]
            os.environ.update(environment)
            self._current = environment
            _forget_connections(Row)


@contextmanager
def aws_world(
    *services: str,
    stage: str = "test",
    parameters: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[World]:
    """Inside, AWS is fake and holds what templates/<service>.yaml of each service declares.

    A template parameter without a default is taken from `parameters`, else made up: `…Url` is an
    address at which nobody listens. `environment` replaces what templates set, where they set it.
    The environment of the first service is in force.
    """
    with patch.dict(os.environ, _ENVIRONMENT), mock_aws():
        for name in _FOREIGN:
            os.environ.pop(name, None)
        given = {"Stage": stage, **(parameters or {})}
        resolvers = {service: _resolver(service, given) for service in services}
        world = World(stage, resolvers, environment or {})
        _forget()
        for found in world.resolvers.values():
            create_resources(found)
        for service in services[:1]:
            world.use(service)
        try:
            yield world
            secrecy.check_stored(secrecy.WATCH)
        finally:
            _forget()


def create_resources(resolved: Resolver) -> None:
    """Makes the tables, queues, buckets, secrets and keys of one template."""
    makers = {
        "AWS::DynamoDB::Table": _create_table,
        "AWS::SQS::Queue": _create_queue,
        "AWS::S3::Bucket": _create_bucket,
        "AWS::SecretsManager::Secret": _create_secret,
    }
    for name, resource in resolved.template["Resources"].items():
        maker = makers.get(resource["Type"])
        if maker is not None:
            maker(resolved.of(resource["Properties"]))
        if resource["Type"] == "AWS::KMS::Key":
            _create_key(f"alias/{name}")


def _create_table(properties: Json) -> None:
    wanted = {name: properties[name] for name in _TABLE_PROPERTIES if name in properties}
    aws.client("dynamodb").create_table(**wanted)


def _create_queue(properties: Json) -> None:
    visibility_s = str(properties.get("VisibilityTimeout", 30))
    aws.client("sqs").create_queue(
        QueueName=properties["QueueName"], Attributes={"VisibilityTimeout": visibility_s}
    )


def _create_bucket(properties: Json) -> None:
    aws.client("s3").create_bucket(
        Bucket=properties["BucketName"],
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )


def _create_secret(properties: Json) -> None:
    value = properties.get("SecretString", "")
    if generate := properties.get("GenerateSecretString"):
        found = json.loads(generate["SecretStringTemplate"])
        value = json.dumps({**found, generate["GenerateStringKey"]: secrets.token_urlsafe(48)})
    aws.client("secretsmanager").create_secret(Name=properties["Name"], SecretString=value)


def _create_key(alias: str) -> None:
    """Services whose key has the same logical id share one here."""
    kms = aws.client("kms")
    if alias not in {each["AliasName"] for each in kms.list_aliases()["Aliases"]}:
        kms.create_alias(AliasName=alias, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])


def _resolver(service: str, given: Mapping[str, str]) -> Resolver:
    parameters = wired(service, given["Stage"]) | dict(given)
    return resolver(read(ROOT / f"templates/{service}.yaml"), parameters)


def _variables(function: Json) -> Json:
    return dict(function.get("Environment", {}).get("Variables", {}))


def _function_of(module: ModuleType) -> str:
    """functions.qr_orders.tasks.close is "qr_orders/tasks.close"."""
    return module.__name__.removeprefix("functions.").replace(".", "/", 1)


def _drop(name: str) -> None:
    """Makes the next import of `name` a first one; its package holds it as an attribute, too."""
    for known in [known for known in sys.modules if known == name or known.startswith(f"{name}.")]:
        del sys.modules[known]
    package, _, attribute = name.rpartition(".")
    vars(sys.modules.get(package, ModuleType(package))).pop(attribute, None)


def _forget() -> None:
    """Drops what the process has cached of an earlier AWS."""
    aws.forget()
    secrets_store._cached.clear()
    _forget_connections(Row)
    wirings = [module for name, module in sys.modules.items() if name.endswith(".wiring")]
    for cached in (value for module in wirings for value in list(vars(module).values())):
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


def _forget_connections(row: type[Row]) -> None:
    row._connection = None
    for kind in row.__subclasses__():
        _forget_connections(kind)
