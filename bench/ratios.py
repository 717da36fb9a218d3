"""Ratios of paired samples: all variants once a round, shuffled, for machines are noisy."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours by the reference: the median of the rounds, and the extremes."""

    name: str
    target: float
    middle: float
    least: float
    most: float
    ours_us: int
    reference_us: int

    def line(self) -> str:
        verdict = "ok" if self.middle <= self.target else "OVER"
        return (
            f"{self.name:<62} {self.middle:5.2f}  ({self.least:.2f}-{self.most:.2f})"
            f"  target {self.target:.2f}  {verdict:<4}  {self.ours_us:>8} / {self.reference_us} µs"
        )


def ratio(name: str, target: float, ours_ns: Sequence[int], reference_ns: Sequence[int]) -> Ratio:
    pairs = [ours / theirs for ours, theirs in zip(ours_ns, reference_ns, strict=True)]
    middles = [int(median(column)) // 1000 for column in (ours_ns, reference_ns)]
    return Ratio(name, target, median(pairs), min(pairs), max(pairs), *middles)


def rounds(variants: Mapping[str, Callable[[], S]], count: int) -> dict[str, list[S]]:
    """`count` samples of each variant, after one of each that warms the disk and is dropped."""
    samples: dict[str, list[S]] = {name: [] for name in variants}
    order = list(variants)
    shuffled = random.Random(count)
    for number in range(count + 1):
        shuffled.shuffle(order)
        for name in order:
            sample = variants[name]()
            if number:
                samples[name].append(sample)
    return samples
