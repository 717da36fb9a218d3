"""Starts measured processes: one variant is a handler, its folders, its environment, its event.

Not under awslambdaric: a fresh `python -P bench/entry.py` imports the handler as it would.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from tests.support.aws_world import World
from tests.support.intrinsics import REGION, ROOT, packages, read, resolver

Json = dict[str, Any]
_BENCH: Final = Path(__file__).parent
# Calls are measured, not refused.
_PARAMETERS: Final = {"Stage": "bench", "CallBurst": "1000000"}
_PATIENCE_S: Final = 60
WARM_CALLS: Final = 150
# What the dependency layer keeps of botocore's data: our functions start with it.
_LAYER_DATA: Final = ROOT / "build/dependencies/python/botocore/data"


@dataclass(frozen=True, slots=True)
class Variant:
    """`packages` are imported first; `shipped` runs them and our code without bytecode.

    Without an event it is measured until the handler stands ready.
    """

    module: str
    folders: tuple[Path, ...]
    environment: Mapping[str, str]
    event: Json | None
    warm_calls: int = 0
    shipped: bool = False
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """`cold_ns` from spawn to the first answer; `warm_ns` CPU a call, 0 when not asked for."""

    cold_ns: int
    warm_ns: int


def environment(service: str, function: str) -> dict[str, str]:
    """What the template sets for the function."""
    found = resolver(read(ROOT / f"templates/{service}.yaml"), _PARAMETERS)
    return World("bench", {service: found}, {}).environment(service, function)


def ours(service: str, function: str, event: Json | None, warm_calls: int = 0) -> Variant:
    layers = sorted(packages(read(ROOT / f"templates/{service}.yaml")))
    folders = (
        ROOT / f"functions/{service}",
        *(ROOT / f"layers/{layer}/python" for layer in ("shared", *layers)),
    )
    variables = environment(service, function) | {"AWS_DATA_PATH": str(_LAYER_DATA)}
    return Variant(function, folders, variables, event, warm_calls)


def reference(module: str, service: str, event: Json | None, warm_calls: int = 0) -> Variant:
    """A handler of bench/references/ with the tables of `service`."""
    name = f"bench.references.{module}"
    return Variant(name, (ROOT,), environment(service, ""), event, warm_calls)


def measures(variants: Mapping[str, Variant], stub_url: str) -> dict[str, Callable[[], Sample]]:
    """For ratios.rounds."""
    return {name: partial(measure, variant, stub_url) for name, variant in variants.items()}


def measure(variant: Variant, stub_url: str) -> Sample:
    """One fresh process. RuntimeError when it does not answer 200."""
    out, pipe = os.pipe()
    command = [sys.executable, "-P", str(_BENCH / "entry.py"), variant.module, str(pipe)]
    command += [str(variant.warm_calls), "shipped" if variant.shipped else "compiled"]
    event = json.dumps(variant.event).encode()
    started = time.perf_counter_ns()
    process = subprocess.Popen(  # noqa: S603
        [*command, *variant.packages],
        env=_variables(variant, stub_url),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[pipe],
    )
    os.close(pipe)
    with process, os.fdopen(out) as answers:
        if process.stdin is not None:
            process.stdin.write(event)
            process.stdin.close()
        first = answers.readline()
        cold_ns = time.perf_counter_ns() - started
        rest = answers.readline()
        process.wait(_PATIENCE_S)
    if not first or json.loads(first)["status"] != 200:
        raise RuntimeError(f"{variant.module} answered {first or 'nothing'}")
    return Sample(cold_ns, int(json.loads(rest)["cpu_ns"]) if rest else 0)


def _variables(variant: Variant, stub_url: str) -> dict[str, str]:
    return {
        **variant.environment,
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": ":".join(map(str, variant.folders)),
        "AWS_ENDPOINT_URL": stub_url,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_LAMBDA_FUNCTION_NAME": variant.module,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
