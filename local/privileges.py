"""`python -m local.privileges [--seen]`: writes docs/privileges.md, what each function may do.

With --seen it holds the policies against what the last run of the suite saw, and says what no
function was seen to need, or was seen to do without a right. unseen-privileges.yaml has reasons.
"""

import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Final

from samtranslator.yaml_helper import yaml_parse

from tests.architecture.templates import SERVICES, service
from tests.support.intrinsics import ROOT
from tests.support.privileges import Use, kept, short

FILE: Final = ROOT / "docs/privileges.md"
_UNSEEN: Final = ROOT / "unseen-privileges.yaml"
_MOVING: Final = r"fleet_payment_systems/(wallets_\w+|ops\.migrate_wallets|tasks\.repair_wallet)"
_INTRODUCTION: Final = """# What each function may do

Written by `make documents` from the policies in the templates; `make test` ends by holding them
against what the suite saw each function do, and fails when one side has what the other lacks. What
no test can see, because AWS does it in a function's name, is in `unseen-privileges.yaml` with the
reason. Resources stand without account, region and stage. Every function may also write its log.

| function | resource | actions |
| --- | --- | --- |
"""


@dataclass(frozen=True)
class Unseen:
    """Rights that no test sees used. `functions` and `resources` are regular expressions."""

    actions: tuple[str, ...]
    functions: str
    resources: str
    reason: str

    def covers(self, use: Use) -> bool:
        function, action, resource = use
        return (
            action in self.actions
            and re.fullmatch(self.functions, function) is not None
            and re.fullmatch(self.resources, resource) is not None
        )


def granted() -> set[Use]:
    """Of every function of every template: what its policies allow."""
    return {
        (f"{name}/{function.stem}", action, short(resource))
        for name in SERVICES
        for function in service(name).functions.values()
        for statement in function.statements
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    }


def text() -> str:
    cells = sorted((function, resource, action) for function, action, resource in granted())
    rows = [
        f"| `{function}` | `{resource}` | {', '.join(action for *_, action in found)} |"
        for (function, resource), found in groupby(cells, lambda cell: cell[:2])
    ]
    return _INTRODUCTION + "\n".join(rows) + "\n"


def problems(allowed: set[Use], seen: set[Use], unseen: Iterable[Unseen]) -> list[str]:
    """Rights nobody was seen to use, uses that nobody may make, reasons that are not needed."""
    known = list(unseen)
    idle = {use for use in allowed if not any(_is_used(use, one) for one in seen)}
    missing = {
        one
        for one in seen
        # What all functions of a service might do, not all do.
        if not one[0].endswith("*") and not any(_is_used(use, one) for use in allowed)
    }
    return [
        *(
            f"{_said(use)}: granted, never seen"
            for use in sorted(idle)
            if not any(each.covers(use) for each in known)
        ),
        *(f"{_said(use)}: seen, not granted" for use in sorted(missing)),
        *(
            f"{each.actions} {each.functions}: no reason"
            for each in known
            if not each.reason.strip()
        ),
        *(
            f"{each.actions} {each.functions}: a reason that nothing needs"
            for each in known
            if not any(map(each.covers, idle))
        ),
    ]


def _is_used(right: Use, use: Use) -> bool:
    """Whether a right is what such a use needs."""
    return right[1] == use[1] and fnmatchcase(right[0], use[0]) and fnmatchcase(use[2], right[2])


def _said(use: Use) -> str:
    function, action, resource = use
    return f"{function}: {action} on {resource}"


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def unseen() -> list[Unseen]:
    rows = yaml_parse(_UNSEEN.read_text(encoding="utf-8"))
    return [Unseen(**row | {"actions": tuple(row["actions"])}) for row in rows]


def _skipped(rights: set[Use]) -> list[Unseen]:
    """Without a redis-server the tests of the move out of Redis are skipped, and see nothing."""
    if shutil.which("redis-server"):
        return []
    actions = tuple({action for _function, action, _resource in rights})
    return [Unseen(actions, _MOVING, ".*", "No redis-server here.")]


def _of_ours(seen: set[Use]) -> set[Use]:
    """Tests of the tests have made-up services."""
    return {use for use in seen if use[0].partition("/")[0] in SERVICES}


def main(*options: str) -> None:
    if "--seen" not in options:
        FILE.write_text(text(), encoding="utf-8")
    elif lines := problems(granted(), _of_ours(kept()), [*unseen(), *_skipped(granted())]):
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
