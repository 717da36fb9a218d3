"""shared.cache: bounded in time and in size."""

from shared.cache import TtlCache
from tests.support.clock import FakeClock


def test_an_answer_is_kept_until_its_time_is_over() -> None:
    clock = FakeClock()
    cache: TtlCache[str, int] = TtlCache(clock, ttl_s=60)
    cache.put("a", 1)

    clock.advance(59)
    young = cache.get("a")
    clock.advance(1)

    assert (young, cache.get("a")) == (1, None)


def test_the_oldest_answer_makes_room() -> None:
    cache: TtlCache[int, int] = TtlCache(FakeClock(), ttl_s=60, entries_max=2)

    for number in range(3):
        cache.put(number, number)

    assert [cache.get(number) for number in range(3)] == [None, 1, 2]


def test_a_renewed_answer_is_the_youngest() -> None:
    cache: TtlCache[int, int] = TtlCache(FakeClock(), ttl_s=60, entries_max=2)

    for number in (0, 1, 0, 2):
        cache.put(number, number)

    assert [cache.get(number) for number in range(3)] == [0, None, 2]
