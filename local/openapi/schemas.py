"""JSON schemas of wire models: as they are read, and, closed, as they are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

Json = dict[str, Any]

_REF = "#/components/schemas/"
_NAMED = ("properties", "$defs", "patternProperties")
_LISTED = ("anyOf", "allOf", "oneOf", "prefixItems")
_NULL = {"type": "null"}


@dataclass(frozen=True, slots=True)
class Schemas:
    """`components` holds what `read` and `written` refer to."""

    read: dict[Any, Json]
    written: dict[Any, Json]
    components: Json


def schemas_of(inputs: Iterable[Any], answers: Iterable[Any]) -> Schemas:
    """A name that both directions have is that of the answer; the other one ends in Input."""
    read, read_parts = _generated(inputs, "validation")
    written, written_parts = _generated(answers, "serialization")
    written_parts = {name: closed(part) for name, part in written_parts.items()}
    renamed = {name: f"{name}Input" for name in read_parts.keys() & written_parts.keys()}
    parts = {renamed.get(name, name): _plain(part) for name, part in read_parts.items()}
    return Schemas(
        read={kind: _renamed(_plain(found), renamed) for kind, found in read.items()},
        written={kind: closed(found) for kind, found in written.items()},
        components=_renamed(parts, renamed) | written_parts,
    )


def _generated(kinds: Iterable[Any], mode: JsonSchemaMode) -> tuple[dict[Any, Json], Json]:
    ordered = sorted(kinds, key=repr)
    found, parts = TypeAdapter.json_schemas(
        [(kind, mode, TypeAdapter(kind)) for kind in ordered],
        ref_template=_REF + "{model}",
    )
    return {kind: found[kind, mode] for kind in ordered}, parts.get("$defs", {})


def closed(schema: Json) -> Json:
    """Of an answer: nothing but what is named, and what is None is left out (shared.http)."""
    found = _each(_plain(schema), closed)
    found.pop("default", None)
    if "properties" not in found:
        return found
    optional = {name for name, part in found["properties"].items() if _NULL in _choices(part)}
    found["properties"] = {name: _not_null(part) for name, part in found["properties"].items()}
    found["required"] = [name for name in found.get("required", []) if name not in optional]
    return {**found, "additionalProperties": False}


def not_null(schema: Json) -> Json:
    """Of a query's parameter, which is there or is not."""
    found = _not_null(schema)
    if found.get("default", "") is None:
        del found["default"]
    return found


def _plain(schema: Json) -> Json:
    """Without the titles that say the name again."""
    return {key: part for key, part in _each(schema, _plain).items() if key != "title"}


def _each(schema: Json, change: Any) -> Json:
    found = dict(schema)
    for key, part in schema.items():
        if key in _NAMED:
            found[key] = {name: change(each) for name, each in part.items()}
        elif key in _LISTED:
            found[key] = [change(each) for each in part]
        elif key in ("items", "additionalProperties", "not") and isinstance(part, dict):
            found[key] = change(part)
    return found


def _choices(schema: Json) -> list[Json]:
    choices: list[Json] = schema.get("anyOf", [])
    return choices


def _not_null(schema: Json) -> Json:
    if _NULL not in _choices(schema):
        return schema
    rest = [each for each in schema["anyOf"] if each != _NULL]
    others = {key: part for key, part in schema.items() if key != "anyOf"}
    return {**rest[0], **others} if len(rest) == 1 else {"anyOf": rest, **others}


def _renamed(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_renamed(each, names) for each in node]
    if not isinstance(node, dict):
        return node
    found = {key: _renamed(part, names) for key, part in node.items()}
    reference = found.get("$ref")
    if isinstance(reference, str):
        name = reference.removeprefix(_REF)
        found["$ref"] = _REF + names.get(name, name)
    return found
