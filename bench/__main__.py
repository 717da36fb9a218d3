"""make bench: units, costs, deposits, sizes, then ratios; BENCH_ROUNDS rounds, 15 unless told.

A ratio over its target is shown, for machines are noisy; units that differ are an error.
"""

import os
import sys
from typing import Final

from bench import contention, cost, deposits, polling, units
from bench.receipts import receipt
from bench.sizes import sizes
from bench.starts import starts
from bench.worst import worst

ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "15"))


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main() -> None:
    counted = units.count()
    say("An order, a payment and a deposit, in calls and units:", *units.lines(counted), "")
    say("Payments through one wallet, played:", *contention.lines(), "")
    table, hinted = polling.main()
    say("10,000 restaurants polling (docs/polling-cost.md):", table, "")
    say(cost.line(counted), "")
    say("Deposits: p95 of our own time on top of the processor's, reference a billing cycle:")
    say(*(row.line() for row in deposits.rows()), "")
    say(*sizes(), "")
    say(
        f"Ours by the reference, median of {ROUNDS} paired rounds (least-most). Cold: a fresh",
        "python that imports the handler and answers one event of a loopback AWS; worst: none yet.",
    )
    say(*(row.line() for row in starts(ROUNDS)))
    say(worst(ROUNDS).line())
    row, size = receipt(ROUNDS)
    say(row.line(), f"a receipt is {size} bytes")
    if found := units.differences(counted) + cost.drifted(hinted):
        raise SystemExit("\n".join(["differs from bench/units.json or bench/cost.py", *found]))


main()
