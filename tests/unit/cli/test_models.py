"""How `antiphon models` shows what it does."""

import io

from antiphon.catalog.progress import Lines, render_size, show_fetch
from tests.unit.catalog.renamed import CONTENT, FILE


def test_lines_of_a_fetch() -> None:
    """Where nobody looks on, a line for each tenth, from where it begins."""
    lines: list[str] = []
    shown = Lines(FILE, lines.append)
    for num_bytes in range(3000, len(CONTENT) + 1, 40):
        shown.tell(num_bytes)
    assert [line.split()[1] for line in lines] == ["29%", "30%", "40%", "50%", "60%", "70%", "80%", "90%", "100%"]
    assert lines[0] == "file.gguf: 29% of 0 MB"


class Terminal(io.StringIO):
    """A person looks on."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_a_bar_on_a_terminal() -> None:
    """Where somebody looks on, a bar with the file's name."""
    terminal = Terminal()
    with show_fetch(FILE, terminal) as on_progress:
        on_progress(len(CONTENT))
    assert "file.gguf" in terminal.getvalue()


def test_sizes() -> None:
    """Sizes are told as disks tell them."""
    assert [render_size(size) for size in (98_362_432, 950_000_000, 2_497_280_256)] == ["98 MB", "0.9 GB", "2.5 GB"]
