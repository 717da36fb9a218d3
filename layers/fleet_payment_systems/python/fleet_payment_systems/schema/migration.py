"""What an operator writes to the Lambda migrate_wallets, and what it answers (FP-24)."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import Field

from fleet_payment_systems.use_cases.migration import Migration, Wish
from shared.wire import Wire


class MigrateWallets(Wire):
    """Nothing is changed unless dry_run is false. `run` names the files of a run's pages."""

    action: Literal["import", "compare", "readers"]
    dry_run: bool = True
    run: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "by-hand"
    cursor: Annotated[str, Field(pattern=r"^((old:[0-9]{1,20})|(own:[0-9A-Za-z-]{0,64}))?$")] = ""
    parks: Annotated[int, Field(ge=1, le=1000)] = 100

    def to_wish(self) -> Wish:
        return Wish(self.action, self.dry_run, self.run, self.cursor, self.parks)


def migrated(migration: Callable[[], Migration], event: dict[str, Any]) -> dict[str, Any]:
    """Raises ValidationError, whose text the operator sees."""
    wish = MigrateWallets.model_validate(event).to_wish()
    return asdict(migration().run(wish))
