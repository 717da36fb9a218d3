"""Run by each started Python: of what is shipped nothing is compiled, its bytecode is there."""

import sys
from importlib.machinery import SourceFileLoader
from typing import Any

_compile = SourceFileLoader.source_to_code


def _refuse(loader: SourceFileLoader, data: Any, path: Any, **options: Any) -> Any:
    if "/build/release/" in str(path):
        raise ImportError(f"{path}: no bytecode of {sys.implementation.cache_tag}")
    return _compile(loader, data, path, **options)


SourceFileLoader.source_to_code = _refuse  # type: ignore[method-assign, assignment]
