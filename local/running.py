"""The stack with demo data in it, described in build/local.json for whoever drives it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.seed import seed
from local.stack import ROOT, Stack, describe

DESCRIPTION = ROOT / "build" / "local.json"
GUEST = "demo-guest"
UPSTREAMS = ("transactions", "eda", "payment_methods", "notify")
# Seconds in the place of minutes: a person watches.
QUICK = {
    "SandboxDelaySec": "1",
    "EdaReceiptDelaySec": "2",
    "ReceiptPollPeriodSec": "1",
    "PaymentPollPeriodSec": "1",
}


@contextmanager
def running() -> Iterator[tuple[Stack, dict[str, Any]]]:
    """A seeded stack and its description; both end with the block, the file too."""
    with Stack.start(QUICK) as stack:
        facts = {
            **describe(stack),
            "partner": seed(stack),
            "client": {"user_id": GUEST, "jwt": stack.jwt(GUEST)},
            "sandbox": {name: f"{stack.api('sandbox')}/{name}" for name in UPSTREAMS},
        }
        DESCRIPTION.write_text(json.dumps(facts, indent=2), encoding="utf-8")
        try:
            yield stack, facts
        finally:
            DESCRIPTION.unlink(missing_ok=True)
