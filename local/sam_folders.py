"""What SAM CLI itself finds: each function's code, its handler's file and its layers, as folders.

Runs in .venv-sam, on the template as it is written; needs `make deps`.
"""

import sys
from pathlib import Path

from samcli.lib.providers.provider import Function
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

_ROOT = Path(__file__).resolve().parents[1]


def problems(function: Function) -> list[str]:
    code = _ROOT / str(function.codeuri)
    file = code / f"{str(function.handler).removesuffix('.app').replace('.', '/')}.py"
    wanted = [file, *(_ROOT / str(layer.codeuri) / "python" for layer in function.layers)]
    missing = [path for path in wanted if not path.exists()]
    lost = [f"{function.full_path}: no {path.relative_to(_ROOT)}" for path in missing]
    return lost if function.layers else [*lost, f"{function.full_path}: no layers"]


def main() -> None:
    stacks, unread = SamLocalStackProvider.get_stacks(
        str(_ROOT / "template.yaml"), parameter_overrides={"Stage": "dev"}
    )
    functions = list(SamFunctionProvider(stacks).get_all())
    written = sum(1 for file in (_ROOT / "functions").rglob("*.py") if file.stem != "__init__")
    lines = [line for function in functions for line in problems(function)]
    lines += [f"not read: {each}" for each in unread]
    if len(functions) != written:
        lines.append(f"{written} function files, {len(functions)} functions in the templates")
    if lines:
        sys.exit("\n".join(lines))
    sys.stdout.write(f"SAM CLI finds the folders of all {len(functions)} functions\n")


if __name__ == "__main__":
    main()
