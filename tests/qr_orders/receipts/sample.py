"""Sample OFD documents beside this file, fresh for each test to change."""

import json
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "samples"


def document(name: str, /, **changes: object) -> dict[str, Any]:
    """One sample with top-level fields replaced; a field changed to None is removed."""
    fields = json.loads((SAMPLES / f"{name}.json").read_text()) | changes
    return {key: value for key, value in fields.items() if value is not None}


def with_item(name: str, /, **changes: object) -> dict[str, Any]:
    """One sample with fields of its first item replaced."""
    changed = document(name)
    changed["items"][0] |= changes
    return changed
