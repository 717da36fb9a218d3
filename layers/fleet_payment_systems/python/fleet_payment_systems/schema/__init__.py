"""Wire models of the dispatchers' API. Sums and shares are decimal strings, moments ISO 8601."""

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """Inbound: strict types; what we do not know is ignored (decision 18a)."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Answer(BaseModel):
    """Outbound: closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
