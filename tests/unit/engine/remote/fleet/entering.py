"""A process that counts on a board as fast as it can, beside others."""

from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier

from antiphon.engine.remote.fleet.board import Board
from antiphon.workplace import Workplace

LIMIT, TRIES = 300, 2000
WAIT_S = 60


def enter(workplace: Workplace, begin: Barrier, results: "SimpleQueue[tuple[int, int]]") -> None:
    """Tells how often it could enter one upstream, which it does not leave, and how many there were at most in another
    that takes one at a time.
    """
    board = Board(2, name="m", workplace=workplace)
    begin.wait(WAIT_S)
    entered, most = 0, 0
    for _ in range(TRIES):
        entered += board.enter(0, LIMIT)
        if board.enter(1, 1):
            most = max(most, board.total(1))
            board.leave(1)
    results.put((entered, most))
