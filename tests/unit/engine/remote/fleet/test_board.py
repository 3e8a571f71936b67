"""What all API processes count together."""

import multiprocessing
from pathlib import Path

import pytest

from antiphon.engine.remote.fleet.board import Board, clear
from antiphon.workplace import Workplace
from tests.unit.engine.remote.fleet.entering import LIMIT, TRIES, WAIT_S, enter

MANY = 64
"""Places: to add them all up takes long enough for two to come together, were there nothing against it."""


def place(folder: Path, slot: int, num_slots: int = 2) -> Workplace:
    """One of several beside each other."""
    return Workplace(folder=folder, slot=slot, num_slots=num_slots)


def fill(board: Board, upstream: int, times: int) -> None:
    """Count this often."""
    for _ in range(times):
        assert board.enter(upstream, None)


def totals(board: Board) -> list[int]:
    """Of every upstream."""
    return [board.total(upstream) for upstream in range(board.width)]


def test_alone() -> None:
    """Without a workplace."""
    board = Board(3)
    fill(board, 0, 2)
    fill(board, 2, 1)
    board.leave(0)
    assert totals(board) == [1, 0, 1]
    board.close()
    assert totals(board) == [0, 0, 0]


@pytest.mark.parametrize("slot", [0, 1])
def test_the_limit_is_strict(tmp_path: Path, slot: int) -> None:
    """What others give counts too; one less lets one more in."""
    boards = [Board(1, name="m", workplace=place(tmp_path, number)) for number in range(2)]
    fill(boards[1 - slot], 0, 2)
    assert [boards[slot].enter(0, 4) for _ in range(4)] == [True, True, False, False]
    assert totals(boards[0]) == totals(boards[1]) == [4]
    boards[1 - slot].leave(0)
    assert boards[slot].enter(0, 4) and not boards[1 - slot].enter(0, 4)


def test_a_limit_alone() -> None:
    """As with others."""
    board = Board(2)
    assert [board.enter(1, 2) for _ in range(3)] == [True, True, False]
    assert board.enter(0, 2) and board.enter(1, None)


def test_two_add_up(tmp_path: Path) -> None:
    """Each sees what all have, of each model apart."""
    one, two = (Board(2, name="m", workplace=place(tmp_path, slot)) for slot in range(2))
    other = Board(2, name="n", workplace=place(tmp_path, 0))
    fill(one, 0, 300)
    fill(two, 0, 2)
    fill(two, 1, 1)
    assert totals(one) == totals(two) == [302, 1] and totals(other) == [0, 0]


def test_one_that_is_gone(tmp_path: Path) -> None:
    """Its rows are wiped, of every model, and nobody else's."""
    boards = [Board(2, name=name, workplace=place(tmp_path, slot)) for name in ("m", "n") for slot in range(2)]
    for board in boards:
        fill(board, 0, 1 + board.slot)
        fill(board, 1, 5)
    clear(tmp_path, 1)
    assert [totals(board) for board in boards] == [[1, 5]] * 4
    clear(tmp_path, 0)
    assert [totals(board) for board in boards] == [[0, 0]] * 4


def test_one_that_ends_or_takes_a_place(tmp_path: Path) -> None:
    """Leaves nothing, and begins with nothing, where others go on."""
    one, two = (Board(1, name="m", workplace=place(tmp_path, slot)) for slot in range(2))
    fill(one, 0, 1)
    fill(two, 0, 2)
    two.close()
    assert totals(one) == [1] and totals(two) == [0]
    again = Board(1, name="m", workplace=place(tmp_path, 0))
    assert totals(again) == [0]


def test_a_leave_behind_the_end(tmp_path: Path) -> None:
    """Spoils nothing: an answer may end after its engine."""
    one, two = (Board(1, name="m", workplace=place(tmp_path, slot)) for slot in range(2))
    fill(one, 0, 1)
    two.close()
    two.leave(0)
    assert totals(one) == [1]


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """Like all that is beside it."""
    Board(1, name="m", workplace=place(tmp_path, 0))
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_real_processes(tmp_path: Path) -> None:
    """All at once, among many that there may be: together exactly as many as may be, never more, and none is lost."""
    spawn = multiprocessing.get_context("spawn")
    begin, results = spawn.Barrier(2), spawn.SimpleQueue()
    workers = [spawn.Process(target=enter, args=(place(tmp_path, slot, MANY), begin, results)) for slot in range(2)]
    board = Board(2, name="m", workplace=place(tmp_path, 2, MANY))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(WAIT_S)
    assert [worker.exitcode for worker in workers] == [0, 0]
    told = [results.get() for _ in workers]
    assert sum(entered for entered, _ in told) == LIMIT < 2 * TRIES
    assert max(most for _, most in told) == 1
    assert totals(board) == [LIMIT, 0] and not board.enter(0, LIMIT)
