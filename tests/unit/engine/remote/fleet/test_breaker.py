"""When an upstream is left alone, and when one request tries again."""

from collections.abc import Callable

import pytest

from antiphon.engine.remote.fleet.breaker import FAILURES, LONGEST_S, SHORTEST_S, Breaker

Step = Callable[[Breaker], None]
IN_A_ROW = 12


def fail(now: float) -> Step:
    """A request is sent, and fails."""

    def step(breaker: Breaker) -> None:
        tries = breaker.begin()
        breaker.fail(now)
        breaker.leave(tried=tries)

    return step


def succeed(breaker: Breaker) -> None:
    """A request is sent, and answered."""
    tries = breaker.begin()
    breaker.succeed()
    breaker.leave(tried=tries)


def begin(breaker: Breaker) -> None:
    """A request is sent."""
    breaker.begin()


def give_up(breaker: Breaker) -> None:
    """The client of the one that tries has gone."""
    breaker.leave(tried=True)


def give_up_old(breaker: Breaker) -> None:
    """That of one from before has."""
    breaker.leave(tried=False)


OPEN = [fail(0)] * FAILURES
STATES: list[tuple[list[Step], float, bool]] = [
    # what has happened, now, whether another may be sent
    ([], 0, True),
    ([begin], 0, True),
    ([begin, begin, begin, begin], 0, True),
    ([fail(0)] * (FAILURES - 1), 0, True),
    (OPEN, 0, False),
    (OPEN, SHORTEST_S - 0.01, False),
    (OPEN, SHORTEST_S, True),
    ([fail(0), fail(0), succeed, fail(0), fail(0)], 0, True),
    ([fail(0), fail(100), fail(200)], 200 + SHORTEST_S - 0.01, False),
    ([fail(0), fail(100), fail(200)], 200 + SHORTEST_S, True),
    ([*OPEN, begin], SHORTEST_S, False),
    ([*OPEN, begin], 1e6, False),
    ([*OPEN, begin, give_up], SHORTEST_S, True),
    ([*OPEN, begin, give_up_old], SHORTEST_S, False),
    ([*OPEN, succeed], 0, True),
    ([*OPEN, succeed, begin, begin], 0, True),
    ([*OPEN, succeed, fail(5)], 5, True),
    ([*OPEN, fail(2)], 2 + 2 * SHORTEST_S - 0.01, False),
    ([*OPEN, fail(2)], 2 + 2 * SHORTEST_S, True),
    ([*OPEN, fail(2), fail(6)], 6 + 4 * SHORTEST_S - 0.01, False),
    ([*OPEN, fail(2), fail(6)], 6 + 4 * SHORTEST_S, True),
    ([*OPEN, fail(2), succeed, *[fail(9)] * FAILURES], 9 + SHORTEST_S, True),
    ([*OPEN, *[fail(100 * number) for number in range(1, IN_A_ROW)]], 100 * (IN_A_ROW - 1) + LONGEST_S - 0.01, False),
    ([*OPEN, *[fail(100 * number) for number in range(1, IN_A_ROW)]], 100 * (IN_A_ROW - 1) + LONGEST_S, True),
]


@pytest.mark.parametrize(("steps", "now", "through"), STATES, ids=range(len(STATES)))
def test_states(steps: list[Step], now: float, through: bool) -> None:
    """Closed; open after so many failures in a row; then one tries, and closes it, or opens it for twice as long."""
    breaker = Breaker()
    for step in steps:
        step(breaker)
    assert breaker.lets_through(now) is through


def test_requests_that_fail_together() -> None:
    """What was under way when it opened is one failure: it does not rest longer for how many there were."""
    breaker = Breaker()
    for _ in range(IN_A_ROW):
        breaker.begin()
    for _ in range(IN_A_ROW):
        breaker.fail(0)
        breaker.leave(tried=False)
    assert not breaker.lets_through(0) and breaker.lets_through(SHORTEST_S)
