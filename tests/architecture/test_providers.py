"""No half-added payment system: registry, function, routes, samples, test and page agree."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from fleet_payment_systems.providers.base import Provider
from fleet_payment_systems.providers.bills import BillProvider
from fleet_payment_systems.providers.registry import ALL, BILLS
from tests.architecture.templates import Service, differences, expect_none, service, stems
from tests.support.intrinsics import ROOT

API = "fleet_payment_systems_api"
_PROVIDERS = "fleet_payment_systems.providers."
ACME = "GET /fps/v1/acme/{token}"
_TESTS = "tests/fleet_payment_systems/providers"
Routes = Mapping[str, frozenset[str]]
"""Routes by the code of a registered provider; one that is only called by us has none."""


def registered() -> Routes:
    return {provider.spec.code: provider.spec.routes for provider in providers()}


def providers() -> list[Provider | BillProvider]:
    return [*ALL, *BILLS]


def half_added(declared: Routes, found: Service) -> Iterator[str]:
    root, codes = found.root, set(declared)
    calling = {code for code, routes in declared.items() if routes}
    yield from differences(stems(API, root), calling, f"functions/{API}/", "the registry")
    routes = {route.key for route in found.routes}
    wanted = set[str]().union(*declared.values())
    yield from differences(routes, wanted, "the template", "the registry")
    page = (root / "docs/providers.md").read_text(encoding="utf-8")
    for code in sorted(codes):
        yield from missing(code, root, page)


def missing(code: str, root: Path, page: str) -> Iterator[str]:
    for file in (f"{_TESTS}/test_{code}.py", f"{_TESTS}/samples/{code}.py"):
        if not (root / file).is_file():
            yield f"{code}: no {file}"
    if f" (`{code}`)\n" not in page:
        yield f"{code}: no section in docs/providers.md"


def served(file: Path) -> str:
    """`module:name` of the adapter that a function file serves, "" when it is of another shape."""
    match ast.parse(file.read_text(encoding="utf-8")).body:
        case [
            ast.Expr(value=ast.Constant(value=str())),
            ast.ImportFrom(module="fleet_payment_systems.edge", names=[ast.alias("provider_app")]),
            ast.ImportFrom(module=str(module), names=[ast.alias(name=name)]),
            ast.Assign(
                targets=[ast.Name(id="app")],
                value=ast.Call(func=ast.Name(id="provider_app"), args=[argument], keywords=[]),
            ),
        ] if module.startswith(_PROVIDERS) and ast.unparse(argument) in {name, f"{name}()"}:
            return f"{module}:{name}"
    return ""


def named(provider: Provider | BillProvider, reference: str) -> bool:
    """Whether `reference` is this provider, or its class."""
    module, _, name = reference.partition(":")
    found = getattr(__import__(module, fromlist=[name]), name)
    return found is provider or found is type(provider)


def test_no_payment_system_is_half_added() -> None:
    expect_none(half_added(registered(), service(API)))


def test_every_function_file_serves_the_provider_of_its_name() -> None:
    for provider in (one for one in providers() if one.spec.routes):
        reference = served(ROOT / f"functions/{API}/{provider.spec.code}.py")
        assert reference
        assert named(provider, reference)


def test_a_provider_that_is_only_registered_is_reported_everywhere() -> None:
    problems = list(half_added({**registered(), "acme": frozenset({ACME})}, service(API)))
    assert problems == [
        f"acme: in the registry, not in functions/{API}/",
        f"{ACME}: in the registry, not in the template",
        f"acme: no {_TESTS}/test_acme.py",
        f"acme: no {_TESTS}/samples/acme.py",
        "acme: no section in docs/providers.md",
    ]


def test_a_provider_that_is_not_registered_and_a_method_too_many_are_reported() -> None:
    declared = {**registered(), "qiwi_qvp": frozenset({"GET /fps/v1/qiwi_qvp/{token}"})}
    del declared["tbc"]
    assert list(half_added(declared, service(API))) == [
        f"tbc: in functions/{API}/, not in the registry",
        "GET /fps/v1/tbc/{token}: in the template, not in the registry",
        "POST /fps/v1/qiwi_qvp/{token}: in the template, not in the registry",
    ]


def test_a_function_file_of_another_shape_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "acme.py"
    file.write_text('"""Acme."""\nimport os\napp = print\n')
    assert served(file) == ""
