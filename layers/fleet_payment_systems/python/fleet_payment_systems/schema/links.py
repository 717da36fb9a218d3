"""Wire models of links (FP-08, FP-09). The text of a link is in one answer, once."""

from typing import Literal, Self

from pydantic import Field

from fleet_payment_systems.schema.wallets import LinkView
from fleet_payment_systems.use_cases.links import Issued, Links
from shared.wire import Answer, Wire


class Regenerate(Wire):
    grace_period_sec: int = Field(default=0, ge=0, le=86_400)


class LinkIssued(Answer):
    """`url` is what the park enters in the payment system's cabinet; `path` is its end."""

    wallet_id: str
    url: str = Field(repr=False)
    path: str = Field(repr=False)
    shown_once: Literal[True]
    methods: list[str]
    setup_instructions: str = Field(repr=False)
    link: LinkView
    rev: int

    @classmethod
    def of(cls, issued: Issued, service: Links) -> Self:
        spec = service.wallets.specs[issued.wallet.system]
        path = f"/fps/v1/{spec.code}/{issued.token.reveal()}"
        url = service.base_url.rstrip("/") + path
        return cls(
            wallet_id=issued.wallet.wallet_id,
            url=url,
            path=path,
            shown_once=True,
            methods=list(spec.methods),
            setup_instructions=spec.instructions.replace("{url}", url),
            link=LinkView.of(issued.link),
            rev=issued.wallet.rev,
        )
