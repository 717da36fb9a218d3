"""What the wire models of all systems share."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import StringConstraints

from shared import wire
from shared.clock import to_iso
from shared.errors import Refused
from shared.money import BadAmount, Money

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Vat = Literal["none", "0", "5", "7", "10", "20", "22"]


class Wire(wire.Wire):
    def digest(self) -> str:
        """Identifies the content: equal requests have equal digests."""
        content = json.dumps(self.model_dump(), sort_keys=True)
        return sha256(content.encode()).hexdigest()


def minor(text: str, currency: str, field: str) -> int:
    """Minor units of an amount. Raises Refused bad_amount."""
    try:
        return Money.parse(text, currency).minor
    except BadAmount:
        raise Refused("bad_amount", field=field) from None


def iso(moment: datetime | None) -> str | None:
    return None if moment is None else to_iso(moment)
