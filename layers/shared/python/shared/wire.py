"""The two kinds of wire models: what comes in, and what goes out (decision 18a)."""

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """Inbound: exact types; unknown fields are ignored and never copied."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Answer(BaseModel):
    """Outbound: closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
