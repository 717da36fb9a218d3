"""Every aggregator that may call us: the tuple makes mypy check each of them (CM-17)."""

from typing import Final

from contractor_merch_integration_api.aggregators.base import Aggregator
from contractor_merch_integration_api.aggregators.mobi import Mobi

ALL: Final[tuple[Aggregator, ...]] = (Mobi(),)
