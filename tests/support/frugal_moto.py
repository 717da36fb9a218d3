"""moto and botocore without work that every call repeats: a proof makes ten thousands of calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final
from unittest.mock import patch

from botocore.useragent import UserAgentString
from moto.core.serialize import AttributePicker, AttributePickerContext
from moto.core.utils import method_names_from_class

_KINDS: Final = frozenset({"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"})


@contextmanager
def _plain_rows() -> Iterator[None]:
    """moto looks for each member of each stored value under five names; it only ever has one."""
    search = AttributePicker.__call__

    def pick(picker: AttributePicker, context: AttributePickerContext) -> Any:
        found = context.obj
        if type(found) is dict and len(found) == 1 and found.keys() <= _KINDS:
            return found.get(context.key)
        return search(picker, context)

    with patch.object(AttributePicker, "__call__", pick):
        yield


@contextmanager
def frugal_moto() -> Iterator[None]:
    """What botocore and moto work out anew for every call, and nobody here reads."""
    with (
        _plain_rows(),
        patch.object(UserAgentString, "to_string", lambda _self: "tests"),
        patch("moto.core.responses.method_names_from_class", cache(method_names_from_class)),
    ):
        yield
