"""Local only: a function's deployed code. Runs the handler of the working tree, anew after an edit.

DEV_PATH: the folders that AWS would put on the import path; DEV_HANDLER: the real handler.
"""

import importlib
import os
import sys
import time
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any

_FOLDERS = os.environ["DEV_PATH"].split(os.pathsep)
_HANDLER = os.environ["DEV_HANDLER"]
_OURS = tuple(folder + os.sep for folder in _FOLDERS)
_loaded_at: dict[str, int] = {}

sys.path[:0] = _FOLDERS
sys.dont_write_bytecode = True


def app(event: Any, context: Any) -> Any:
    """The Lambda entry. Prints one line, since the emulator waits 50 ms for a silent one."""
    started = time.perf_counter()
    if any(_modified_ns(file) != loaded for file, loaded in _loaded_at.items()):
        _forget_modules()
    try:
        return _handler()(event, context)
    finally:
        _remember_files()
        spent_ms = 1000 * (time.perf_counter() - started)
        sys.stderr.write(f"{_HANDLER} {spent_ms:.0f} ms\n")


def _handler() -> Callable[[Any, Any], Any]:
    module, _, name = _HANDLER.replace("/", ".").rpartition(".")
    handler: Callable[[Any, Any], Any] = getattr(importlib.import_module(module), name)
    return handler


def _forget_modules() -> None:
    for name, module in list(sys.modules.items()):
        if _location(module).startswith(_OURS):
            del sys.modules[name]
    _loaded_at.clear()
    importlib.invalidate_caches()


def _remember_files() -> None:
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and file.startswith(_OURS) and file not in _loaded_at:
            _loaded_at[file] = _modified_ns(file)


def _location(module: ModuleType) -> str:
    # A namespace package has no file, yet it keeps its old submodules as attributes.
    folders = list(getattr(module, "__path__", ()))
    return getattr(module, "__file__", None) or (folders[0] if folders else "")


def _modified_ns(file: str) -> int:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return 0


try:
    _handler()  # as on AWS, a cold start does not count against the function's timeout
    _remember_files()
except Exception:
    traceback.print_exc()  # the invocation imports again, fails again and answers with it
