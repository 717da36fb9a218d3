"""Services as their expanded templates describe them: what the rules of this folder look at."""

import ast
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from local.expanded import expanded
from local.http_api import unroll
from tests.support.intrinsics import ROOT, Json, Resolver, packages, read, resolver, wired

STAGE: Final = "test"
SERVICES: Final = sorted(file.stem for file in (ROOT / "templates").glob("*.yaml"))
EQUIPMENT: Final = {"sandbox"}  # for tests: open, and its data may go
KEEPERS: Final = [name for name in SERVICES if name not in EQUIPMENT]


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda. `stem` is its file below functions/<service>, dotted: "tasks.close"."""

    name: str
    stem: str
    timeout_s: int
    environment: dict[str, str]
    statements: list[Json]

    @property
    def short(self) -> str:
        return self.stem.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Route:
    """`key` reads "POST /path"; `auth` is NONE, AWS_IAM, JWT or CUSTOM."""

    key: str
    function: str
    auth: str


@dataclass(frozen=True)
class Service:
    """templates/<name>.yaml of the tree at `root`."""

    name: str
    root: Path = ROOT

    @cached_property
    def source(self) -> Json:
        return read(self.root / f"templates/{self.name}.yaml")

    @cached_property
    def packages(self) -> set[str]:
        return packages(self.source)

    @cached_property
    def _expanded(self) -> Resolver:
        return resolver(_expand(self.source), wired(self.name, STAGE))

    def changed(self, change: Callable[[Json], None]) -> "Service":
        """Another service, whose expanded resources differ by `change`."""
        template = deepcopy(self._expanded.template)
        change(template["Resources"])
        other = Service(self.name, self.root)
        other.__dict__["_expanded"] = Resolver(template, self._expanded.parameters)
        return other

    @property
    def raw(self) -> dict[str, Json]:
        """Whole resources by logical id, as expanded."""
        found: dict[str, Json] = self._expanded.template["Resources"]
        return found

    def resources(self, kind: str) -> dict[str, Json]:
        """Properties by logical id, intrinsics resolved."""
        return {
            name: self._expanded.of(resource.get("Properties", {}))
            for name, resource in self._expanded.template["Resources"].items()
            if resource["Type"] == kind
        }

    @cached_property
    def functions(self) -> dict[str, Function]:
        """By name."""
        found = [
            Function(
                name=properties["FunctionName"],
                stem=properties["Handler"].removesuffix(".app"),
                timeout_s=properties["Timeout"],
                environment=properties.get("Environment", {}).get("Variables", {}),
                statements=self._statements(logical_id),
            )
            for logical_id, properties in self.resources("AWS::Lambda::Function").items()
        ]
        return {function.name: function for function in found}

    def _statements(self, logical_id: str) -> list[Json]:
        role = self.resources("AWS::IAM::Role").get(f"{logical_id}Role", {})
        policies = [
            *role.get("Policies", []),
            *(
                policy
                for policy in self.resources("AWS::IAM::ManagedPolicy").values()
                if f"{logical_id}Role" in policy["Roles"]
            ),
        ]
        documents = [policy["PolicyDocument"] for policy in policies]
        return [statement for document in documents for statement in document["Statement"]]

    @cached_property
    def routes(self) -> list[Route]:
        integrations = self.resources("AWS::ApiGatewayV2::Integration")
        return [
            Route(
                key=properties["RouteKey"],
                function=_invoked(integrations[_last(properties["Target"])]["IntegrationUri"]),
                auth=properties.get("AuthorizationType", "NONE"),
            )
            for properties in self.resources("AWS::ApiGatewayV2::Route").values()
        ]

    @cached_property
    def authorizers(self) -> set[str]:
        """Names of the functions that guard an API."""
        found = self.resources("AWS::ApiGatewayV2::Authorizer").values()
        return {_invoked(each["AuthorizerUri"]) for each in found if "AuthorizerUri" in each}

    def routes_of(self, function: str) -> set[str]:
        return {route.key for route in self.routes if route.function == function}


@cache
def service(name: str) -> Service:
    """The service `name` of this tree, expanded once."""
    return Service(name)


def stems(name: str, root: Path = ROOT) -> set[str]:
    """The function files of a service: {"create", "tasks.close"}."""
    folder = root / "functions" / name
    files = (file.relative_to(folder) for file in folder.rglob("*.py"))
    return {".".join(file.with_suffix("").parts) for file in files if file.stem != "__init__"}


def sources(*folders: str, root: Path = ROOT) -> Iterator[tuple[str, ast.Module]]:
    """Each Python file below the folders: its path from the root, and its syntax tree."""
    for folder in folders:
        for file in sorted((root / folder).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            yield str(file.relative_to(root)), ast.parse(text)


def expect_none(problems: Iterable[str]) -> None:
    """Fails with one line a problem."""
    lines = list(problems)
    assert not lines, "\n".join(["", *lines])


def differences(left: set[str], right: set[str], left_name: str, right_name: str) -> list[str]:
    """One line for each element that only one side has."""
    return [f"{each}: in {left_name}, not in {right_name}" for each in sorted(left - right)] + [
        f"{each}: in {right_name}, not in {left_name}" for each in sorted(right - left)
    ]


def _expand(source: Json) -> Json:
    flat = expanded(source)
    unroll(flat)
    return flat


def _invoked(uri: str) -> str:
    """The name in ".../functions/arn:aws:lambda:...:function:<name>/invocations"."""
    return uri.rpartition(":function:")[2].partition("/")[0].partition(":")[0]


def _last(target: Any) -> str:
    return str(target).rpartition("/")[2]
