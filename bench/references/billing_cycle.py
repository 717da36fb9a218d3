"""The reference of the deposits: one loop that asks for every pending payment, round after round.

So Drive's billing cycle worked: the more payments, the longer a round, the later each is heard of.
"""

from collections.abc import Sequence

# A round takes 10 to 20 seconds with few payments; the engine is asked by so many workers.
ROUND_S = 10.0
WORKERS = 10
ASK_S = 0.05


def overheads(starts: Sequence[float], holds: Sequence[float]) -> list[float]:
    """Seconds from each payment's being held until the loop knows; `holds`: how long each took."""
    ends = [start + hold for start, hold in zip(starts, holds, strict=True)]
    pending, heard, now = set(range(len(starts))), {}, 0.0
    while pending:
        asked = [one for one in sorted(pending) if starts[one] <= now]
        for place, one in enumerate(asked):
            at = now + (place // WORKERS + 1) * ASK_S
            if ends[one] <= at:
                heard[one] = at - ends[one]
        pending -= heard.keys()
        now += max(ROUND_S, len(asked) / WORKERS * ASK_S)
    return [heard[one] for one in range(len(starts))]
