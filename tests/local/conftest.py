"""One running stack a test module, over a copy of the tree that a test may edit."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.running import QUICK, facts_of
from local.stack import Stack
from tests.support.intrinsics import ROOT, Json


@dataclass(frozen=True, slots=True)
class Town:
    """A seeded stack, its description, and the folder that its functions run from."""

    stack: Stack
    facts: Json
    tree: Path


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "template.yaml", tree)
    for folder in ("templates", "functions", "layers"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    with Stack.start(QUICK, template=tree / "template.yaml", state=tree / "state") as stack:
        yield Town(stack, facts_of(stack), tree)
