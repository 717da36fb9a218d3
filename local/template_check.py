"""checkov on the templates, as written and as expanded, minus the skips that have a reason."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local import expanded

Json = dict[str, Any]

_ROOT = Path(__file__).resolve().parents[1]
_CHECKOV = _ROOT / ".venv-check/bin/checkov"
_SKIPS = _ROOT / "checkov-skips.yaml"
_OFFLINE = ("--skip-download", "--framework", "cloudformation", "--output", "json", "--compact")


@dataclass(frozen=True, order=True)
class Finding:
    """`resource` reads "<service>/<logical id>", `where` names the properties that were judged."""

    check: str
    resource: str
    name: str
    where: str = ""


@dataclass(frozen=True)
class Skip:
    check: str
    resources: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        same = finding.check == self.check
        return same and re.fullmatch(self.resources, finding.resource) is not None


def problems(findings: Iterable[Finding], skips: Iterable[Skip]) -> list[str]:
    """Findings without a skip; skips without a reason or without a finding."""
    found, known = sorted(set(findings)), list(skips)
    return [
        *(
            f"{each.check} {each.resource}: {each.name}{each.where and f' ({each.where})'}"
            for each in found
            if not any(skip.covers(each) for skip in known)
        ),
        *(f"{skip.check}: a skip without a reason" for skip in known if not skip.reason.strip()),
        *(
            f"{skip.check} {skip.resources}: a skip that no longer fires"
            for skip in known
            if not any(map(skip.covers, found))
        ),
    ]


def main() -> None:
    expanded.main()
    skips = [Skip(**each) for each in yaml_parse(_SKIPS.read_text(encoding="utf-8"))]
    for files in (sorted((_ROOT / "templates").glob("*.yaml")), expanded.EXPANDED.glob("*.json")):
        lines = problems(_findings(_checkov(list(files))), skips)
        if lines:
            sys.exit("\n".join(lines))


def _checkov(files: list[Path]) -> Json:
    # Relative: it takes forty characters of an absolute path for a secret.
    names = (os.path.relpath(each, _ROOT) for each in files)
    command = [str(_CHECKOV), *_OFFLINE, *(part for name in names for part in ("-f", name))]
    quiet = {**os.environ, "LOG_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=_ROOT, capture_output=True, text=True, env=quiet, check=False
    )
    try:
        report: Json = json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"checkov gave no report\n{done.stderr}")
    if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
        sys.exit(f"checkov could not read the templates: {report['summary']}")
    return report


def _findings(report: Json) -> Iterator[Finding]:
    for each in report["results"]["failed_checks"]:
        service = Path(each["file_path"]).stem
        logical_id = each["resource"].rpartition(".")[2]
        where = " ".join(each["check_result"].get("evaluated_keys") or [])
        yield Finding(each["check_id"], f"{service}/{logical_id}", each["check_name"], where)


if __name__ == "__main__":
    main()
