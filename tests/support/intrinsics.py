"""A service template as tests read it: parsed once, its intrinsics resolved to plain values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from samtranslator.yaml_helper import yaml_parse

Json = dict[str, Any]

ROOT: Final = Path(__file__).resolve().parents[2]
ACCOUNT: Final = "123456789012"
REGION: Final = "eu-central-1"

_PSEUDO: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "test",
    "AWS::NoValue": None,
}
# What Ref and GetAtt Arn need: the property that names a resource, and the shape of its ARN.
_NAMED: Final = {
    "AWS::DynamoDB::Table": ("TableName", "dynamodb:{region}:{account}:table/{name}"),
    "AWS::SQS::Queue": ("QueueName", "sqs:{region}:{account}:{name}"),
    "AWS::S3::Bucket": ("BucketName", "s3:::{name}"),
    "AWS::SecretsManager::Secret": ("Name", "secretsmanager:{region}:{account}:secret:{name}"),
    "AWS::KMS::Key": ("", "kms:{region}:{account}:alias/{name}"),  # its id is not ours to choose
    "AWS::Lambda::Function": ("FunctionName", "lambda:{region}:{account}:function:{name}"),
    "AWS::Serverless::Function": ("FunctionName", "lambda:{region}:{account}:function:{name}"),
    "AWS::SNS::Topic": ("TopicName", "sns:{region}:{account}:{name}"),
    "AWS::Logs::LogGroup": ("LogGroupName", "logs:{region}:{account}:log-group:{name}"),
}
_PLACEHOLDER: Final = re.compile(r"\$\{(!?)([\w:.]+)\}")


@cache
def read(template: Path) -> Json:
    """The file with short forms spelled out. Shared: never change it."""
    found: Json = yaml_parse(template.read_text(encoding="utf-8"))
    return found


def packages(template: Json) -> set[str]:
    """The packages of our own, but `shared`, in the layers that a template makes.

    One of its own name as a rule; a service's second API borrows that service's (decision 0019).
    """
    layers = [
        Path(resource["Properties"]["ContentUri"])
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    ]
    return {folder.name for folder in layers if folder.parent.name == "layers"} - {"shared"}


@dataclass(frozen=True, slots=True)
class Resolver:
    """Values of one template's nodes for one set of parameters."""

    template: Json
    parameters: Mapping[str, str]

    def of(self, node: Any) -> Any:
        if isinstance(node, list):
            return [value for value in map(self.of, node) if value is not None]
        if not isinstance(node, dict):
            return node
        if len(node) == 1 and next(iter(node)).startswith(("Ref", "Fn::")):
            return self._intrinsic(node)
        found = {key: self.of(value) for key, value in node.items()}
        return {key: value for key, value in found.items() if value is not None}

    def _intrinsic(self, node: Json) -> Any:
        match node:
            case {"Ref": str(name)}:
                return self._ref(name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._attribute(name, attribute)
            case {"Fn::Sub": str(text) | [str(text)]}:
                return self._sub(text, {})
            case {"Fn::Sub": [str(text), dict(local)]}:
                return self._sub(text, local)
            case {"Fn::Join": [str(separator), list(parts)]}:
                return separator.join(str(self.of(part)) for part in parts)
            case {"Fn::If": [str(condition), then, otherwise]}:
                return self.of(then if self._holds(condition) else otherwise)
        raise ValueError(f"unknown intrinsic {node}")

    def _holds(self, condition: Any) -> bool:
        match condition:
            case str(name) | {"Condition": str(name)}:
                return self._holds(self.template["Conditions"][name])
            case {"Fn::Equals": [left, right]}:
                return str(self.of(left)) == str(self.of(right))
            case {"Fn::Not": [inner]}:
                return not self._holds(inner)
            case {"Fn::And": list(inner)}:
                return all(map(self._holds, inner))
            case {"Fn::Or": list(inner)}:
                return any(map(self._holds, inner))
        raise ValueError(f"unknown condition {condition}")

    def _ref(self, name: str) -> Any:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        resource = self.template["Resources"][name]
        if resource["Type"] == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self._name(name)}"
        return self._name(name)

    def _name(self, name: str) -> str:
        resource = self.template["Resources"][name]
        naming, _arn = _NAMED.get(resource["Type"], ("", ""))
        return str(self.of(resource.get("Properties", {}).get(naming, name)))

    def _attribute(self, name: str, attribute: str) -> str:
        _naming, arn = _NAMED.get(
            self.template["Resources"][name]["Type"], ("", "test:{region}:{account}:{name}")
        )
        if attribute != "Arn":
            return self._name(name)
        return "arn:aws:" + arn.format(region=REGION, account=ACCOUNT, name=self._name(name))

    def _sub(self, text: str, local: Json) -> str:
        def value(found: re.Match[str]) -> str:
            literal, name = found.groups()
            if literal:
                return f"${{{name}}}"
            if name in local:
                return str(self.of(local[name]))
            head, _, attribute = name.partition(".")
            return str(self._attribute(head, attribute) if attribute else self._ref(name))

        return _PLACEHOLDER.sub(value, text)


def resolver(template: Json, given: Mapping[str, str]) -> Resolver:
    """For `given` parameters; others have their default, or a value that is made up: `...Url` is
    an address at which nobody listens."""
    values = {
        name: str(given.get(name, definition.get("Default", _harmless(name, definition))))
        for name, definition in template.get("Parameters", {}).items()
    }
    return Resolver(template, values)


@cache
def wired(service: str, stage: str) -> dict[str, str]:
    """The parameters of a service that are others' outputs, as template.yaml passes them."""
    resources = read(ROOT / "template.yaml")["Resources"]
    applications = {name: resource["Properties"] for name, resource in resources.items()}
    given = {"Stage": stage}
    for application in applications.values():
        if application["Location"] == f"templates/{service}.yaml":
            for parameter, node in application["Parameters"].items():
                match node:
                    case {"Fn::GetAtt": [str(giver), str(output)]}:
                        found = resolver(read(ROOT / applications[giver]["Location"]), given)
                        value = found.template["Outputs"][output.partition(".")[2]]["Value"]
                        given[parameter] = str(found.of(value))
    return given


def _harmless(name: str, definition: Json) -> str:
    if name.endswith("KeyArn"):  # another template's key, whose logical id is Key in each
        return f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/Key"
    if name.endswith("Url"):
        system = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.removesuffix("Url")).lower()
        return f"http://127.0.0.1:1/{system}"
    return "1" if definition["Type"] == "Number" else "test"
