"""template.yaml as CloudFormation reads it: the services, their order and their parameters."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.emulator import ACCOUNT, REGION

Json = dict[str, Any]
Outputs = dict[str, dict[str, str]]

_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
_PLACEHOLDER = re.compile(r"\$\{(!?)([\w:.]+)\}")


@dataclass(frozen=True, slots=True)
class Application:
    """One nested application: its logical id, its template and its parameters, still unresolved."""

    name: str
    template: Path
    parameters: Json

    @property
    def service(self) -> str:
        return self.template.stem


class Root:
    """The root template under chosen parameters; `outputs` grows as services are deployed."""

    def __init__(self, template: Path, overrides: Mapping[str, str]) -> None:
        body: Json = yaml_parse(template.read_text(encoding="utf-8"))
        declared: Json = body.get("Parameters", {})
        if unknown := overrides.keys() - declared.keys():
            raise ValueError(f"{template.name} has no parameter {sorted(unknown)}")
        defaults = {name: as_text(p["Default"]) for name, p in declared.items() if "Default" in p}
        self.parameters: dict[str, str] = defaults | dict(overrides)
        if missing := declared.keys() - self.parameters.keys():
            raise ValueError(f"{template.name} needs a value of {sorted(missing)}")
        self.outputs: Outputs = {}
        self._folder = template.parent
        self._conditions: Json = body.get("Conditions", {})
        self._resources: Json = {
            name: resource
            for name, resource in body["Resources"].items()
            if resource["Type"] == "AWS::Serverless::Application"
            and ("Condition" not in resource or self._holds(resource["Condition"]))
        }

    def applications(self) -> list[Application]:
        """Those to deploy, in the template's order except that each follows what it needs."""
        ordered: dict[str, Application] = {}

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                raise ValueError(f"applications need each other: {' -> '.join([*path, name])}")
            if name not in ordered:
                for needed in self._needs(self._resources[name]):
                    visit(needed, (*path, name))
                ordered[name] = self._application(name)

        for name in self._resources:
            visit(name, ())
        return list(ordered.values())

    def resolve_parameters(self, application: Application) -> dict[str, str]:
        """The application's parameters as text; one set to AWS::NoValue is left out."""
        values = {name: self.resolve(node) for name, node in application.parameters.items()}
        return {name: as_text(value) for name, value in values.items() if value is not None}

    def resolve(self, node: Any) -> Any:
        match node:
            case {"Ref": str(name)}:
                return self._lookup(name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._lookup(f"{name}.{attribute}")
            case {"Fn::Sub": text}:
                return self._substitute(*([text] if isinstance(text, str) else text))
            case {"Fn::If": [str(condition), then, otherwise]}:
                return self.resolve(then if self._holds(condition) else otherwise)
            case {"Fn::Join": [str(separator), list(parts)]}:
                return separator.join(as_text(self.resolve(part)) for part in parts)
            case dict():
                raise ValueError(f"the local stack does not resolve {node}")
        return node

    def _holds(self, condition: Any) -> bool:
        match condition:
            case str(name) | {"Condition": str(name)}:
                return self._holds(self._conditions[name])
            case {"Fn::Equals": [left, right]}:
                return as_text(self.resolve(left)) == as_text(self.resolve(right))
            case {"Fn::Not": [inner]}:
                return not self._holds(inner)
            case {"Fn::And": list(inner)}:
                return all(map(self._holds, inner))
            case {"Fn::Or": list(inner)}:
                return any(map(self._holds, inner))
        raise ValueError(f"the local stack does not resolve the condition {condition}")

    def _lookup(self, name: str) -> str | None:
        if name == "AWS::NoValue":
            return None
        application, _, attribute = name.partition(".Outputs.")
        if attribute:
            return self.outputs[application][attribute]
        return (_PSEUDO | self.parameters)[name]

    def _substitute(self, text: str, values: Mapping[str, Any] | None = None) -> str:
        local = values or {}

        def replace(found: re.Match[str]) -> str:
            literal, name = found.groups()
            if literal:
                return f"${{{name}}}"
            return as_text(self.resolve(local[name]) if name in local else self._lookup(name))

        return _PLACEHOLDER.sub(replace, text)

    def _application(self, name: str) -> Application:
        properties: Json = self._resources[name]["Properties"]
        template = self._folder / properties["Location"]
        return Application(name, template, properties.get("Parameters", {}))

    def _needs(self, resource: Json) -> list[str]:
        """Applications named by DependsOn or by the branch of a parameter that is taken."""
        after = resource.get("DependsOn", [])
        declared = [after] if isinstance(after, str) else after
        parameters = resource["Properties"].get("Parameters", {})
        names = (*declared, *self._referenced(list(parameters.values())))
        return [name for name in names if name in self._resources]

    def _referenced(self, node: Any) -> Iterator[str]:
        match node:
            case {"Fn::GetAtt": [str(name), _]}:
                yield name
            case {"Fn::If": [str(condition), then, otherwise]}:
                yield from self._referenced(then if self._holds(condition) else otherwise)
            case {"Fn::Sub": str(text)}:
                yield from (found[2].partition(".")[0] for found in _PLACEHOLDER.finditer(text))
            case dict():
                yield from self._referenced(list(node.values()))
            case list():
                for item in node:
                    yield from self._referenced(item)


def as_text(value: Any) -> str:
    """A parameter value as CloudFormation passes it: always text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(as_text, value))
    return str(value)
