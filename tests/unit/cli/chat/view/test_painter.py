"""Lines that may still change, at the end of a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.cli.chat.view.painter import Painter, Size, rows_of
from tests.unit.cli.chat.view.terminal import Terminal

PICTURES = st.lists(st.lists(st.sampled_from("abc"), max_size=6), max_size=6)


def build(rows: int = 10) -> tuple[Terminal, Painter]:
    """One on the other."""
    terminal = Terminal(10, rows)
    return terminal, Painter(terminal, lambda: Size(terminal.columns, terminal.rows))


@given(PICTURES)
def test_the_last_picture_is_what_is_seen(pictures: list[list[str]]) -> None:
    """Whatever was painted before."""
    terminal, painter = build()
    terminal.write("before\n")
    for picture in pictures:
        painter.paint(picture)
    assert terminal.shown == ["before", *(pictures[-1] if pictures else [])]


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=30), st.integers(2, 5))
def test_what_grows_beyond_the_screen_stays_whole(lines: list[str], rows: int) -> None:
    """Lines leave at the top, none is lost and none is there twice."""
    terminal, painter = build(rows)
    for number in range(len(lines)):
        painter.paint([*lines[:number], "?"])
        painter.paint(lines[: number + 1])
    assert terminal.shown == lines


def test_what_is_done_stays() -> None:
    """Later pictures begin below it."""
    terminal, painter = build()
    painter.paint(["a", "b"], done=1)
    painter.paint(["c"])
    assert terminal.shown == ["a", "c"]


def test_what_has_left_the_screen_is_not_written_again() -> None:
    """Its place cannot be reached any more."""
    terminal, painter = build(3)
    painter.paint(["a", "b", "c", "d"])
    painter.paint(["A", "B", "C", "D"])
    assert terminal.shown == ["a", "b", "C", "D"]


def test_only_what_is_different_is_written() -> None:
    """So nothing flickers."""
    terminal, painter = build()
    written: list[str] = []
    write = terminal.write
    terminal.write = lambda text: written.append(text) or write(text)  # type: ignore[method-assign,func-returns-value]
    painter.paint(["a", "b"])
    painter.paint(["a", "b"])
    painter.paint(["a", "c"])
    assert written == ["a\nb\n", "\x1b[1A\r\x1b[Jc\n"]


def test_rows() -> None:
    """Wide characters are wide, styles have no width, and an empty line is one."""
    assert [rows_of(line, 4) for line in ("", "abcd", "abcde", "日本", "日本語", "\x1b[1mabcd\x1b[0m")] == [
        1,
        1,
        2,
        1,
        2,
        1,
    ]
