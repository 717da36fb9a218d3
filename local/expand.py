"""A service's SAM template -> one flat CloudFormation template that the emulator can run."""

import os
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from local import http_api
from local.emulator import REGION

Json = dict[str, Any]

_STUB = Path(__file__).with_name("reload_stub.py")
_API_HOST = re.compile(
    r"https://\$\{(\w+)\}\.execute-api\.\$\{AWS::Region\}\.(?:amazonaws\.com|\$\{AWS::URLSuffix\})"
)
_API_ENDPOINT = re.compile(r"\$\{(\w+)\.ApiEndpoint\}")


def expand(template: Path, endpoint_url: str) -> Json:
    """The template of `templates/<service>.yaml` for the emulator at `endpoint_url`."""
    sam: Json = yaml_parse(template.read_text(encoding="utf-8"))
    run_from_working_tree(sam, template.parent)
    translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=REGION))
    flat: Json = translator.translate(sam, {}, get_managed_policy_map=dict)
    translator.metrics.publish()  # to nowhere; unpublished ones are a warning at exit
    return adapt(flat, endpoint_url)


def run_from_working_tree(sam: Json, folder: Path) -> None:
    """Makes every function the reload stub, aimed at its own sources; drops the layers, in place.

    Import path of a function: its CodeUri, then those of its layers that are under layers/. The
    dependency layers are left out, as the emulator's interpreter has the same pinned packages.
    """
    resources: Json = sam["Resources"]
    shared: Json = sam.get("Globals", {}).get("Function", {})
    layers = _take_layers(resources, folder)
    common = _take_source(shared)
    _find_layer_files(shared, layers)
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            function: Json = resource["Properties"]
            own = _take_source(function)
            code = folder / (own["CodeUri"] or common["CodeUri"])
            used = [_layer(reference, layers) for reference in common["Layers"] + own["Layers"]]
            path = [code.resolve(), *_python_folders(used, folder.parent / "layers")]
            _find_layer_files(function, layers)
            _become_stub(function, path, own["Handler"] or common["Handler"])


def _take_layers(resources: Json, folder: Path) -> dict[str, Path]:
    layers = {
        name: (folder / resource["Properties"]["ContentUri"]).resolve()
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    }
    for name in layers:
        del resources[name]
    return layers


def _take_source(properties: Json) -> Json:
    defaults: Json = {"CodeUri": None, "Handler": None, "Layers": []}
    return {key: properties.pop(key, default) for key, default in defaults.items()}


def _layer(reference: Any, layers: dict[str, Path]) -> Path | None:
    """The folder of a layer of this template; None for one that is published elsewhere."""
    match reference:
        case {"Ref": str(name)}:
            return layers.get(name)
    return None


def _python_folders(layers: list[Path | None], source_root: Path) -> list[Path]:
    root = source_root.resolve()
    return [
        layer / "python"
        for layer in layers
        if layer and layer.is_relative_to(root) and (layer / "python").is_dir()
    ]


def _find_layer_files(function: Json, layers: dict[str, Path]) -> None:
    """Aims environment values such as /opt/fonts, where AWS mounts layers, at a layer's folder."""
    variables: Json = function.get("Environment", {}).get("Variables", {})
    for name, value in variables.items():
        if isinstance(value, str) and value.startswith("/opt/"):
            places = (layer / value.removeprefix("/opt/") for layer in layers.values())
            variables[name] = next((str(place) for place in places if place.exists()), value)


def _become_stub(function: Json, path: list[Path], handler: str) -> None:
    variables: Json = function.setdefault("Environment", {}).setdefault("Variables", {})
    variables["DEV_PATH"] = os.pathsep.join(map(str, path))
    variables["DEV_HANDLER"] = handler
    function |= {"InlineCode": _STUB.read_text(encoding="utf-8"), "Handler": "index.app"}


def adapt(flat: Json, endpoint_url: str) -> Json:
    """The one place for what the emulator lacks. Everything else goes to it as it goes to AWS."""
    http_api.unroll(flat)  # it stores an OpenAPI body without reading it
    _drop_metric_math_alarms(flat)  # it refuses an alarm with Metrics in place of MetricName
    _drop_saved_queries(flat)  # it does not know the type, and refuses the whole template
    _exclude_punctuation(flat)  # it knows ExcludeCharacters only
    _ignore_encryption_contexts(flat)  # it does not know them, so no condition on one would hold
    _allow_plain_http(flat)  # it speaks no TLS, so under AUTH "TLS only" would deny everybody
    local: Json = _rewrite(flat, _local_urls(endpoint_url))  # no DNS name of an API resolves here
    return local


def _drop_metric_math_alarms(flat: Json) -> None:
    for name, resource in list(flat["Resources"].items()):
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]:
            del flat["Resources"][name]


def _drop_saved_queries(flat: Json) -> None:
    for name, resource in list(flat["Resources"].items()):
        if resource["Type"] == "AWS::Logs::QueryDefinition":
            del flat["Resources"][name]


def _exclude_punctuation(flat: Json) -> None:
    for resource in flat["Resources"].values():
        if resource["Type"] == "AWS::SecretsManager::Secret":
            generate = resource["Properties"].get("GenerateSecretString", {})
            if generate.get("ExcludePunctuation"):
                generate["ExcludeCharacters"] = string.punctuation


def _ignore_encryption_contexts(flat: Json) -> None:
    for resource in flat["Resources"].values():
        for policy in resource.get("Properties", {}).get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                if "kms:EncryptionContext" in str(statement.get("Condition")):
                    del statement["Condition"]


def _allow_plain_http(flat: Json) -> None:
    for name, resource in list(flat["Resources"].items()):
        if resource["Type"] in ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"):
            document = resource["Properties"]["PolicyDocument"]
            document["Statement"] = [s for s in document["Statement"] if not _is_tls_only(s)]
            if not document["Statement"]:
                del flat["Resources"][name]


def _is_tls_only(statement: Json) -> bool:
    conditions: Json = statement.get("Condition", {})
    return conditions == {"Bool": {"aws:SecureTransport": "false"}}


def _local_urls(endpoint_url: str) -> Callable[[Any], Any]:
    """Turns the three spellings of an API's base URL into the emulator's own."""
    base = rf"{endpoint_url}/_aws/execute-api/${{\1}}/$default"

    def replace(node: Any) -> Any:
        match node:
            case str():
                return _API_ENDPOINT.sub(base, _API_HOST.sub(base, node))
            case {"Fn::GetAtt": [str(api), "ApiEndpoint"]}:
                return {"Fn::Sub": base.replace(r"\1", api)}
        return node

    return replace


def _rewrite(node: Any, replace: Callable[[Any], Any]) -> Any:
    if isinstance(node, dict):
        node = {key: _rewrite(value, replace) for key, value in node.items()}
    elif isinstance(node, list):
        node = [_rewrite(value, replace) for value in node]
    return replace(node)
