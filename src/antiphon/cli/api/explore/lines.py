"""A screen of lines that scrolls: a whole value, or help."""

from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from antiphon.cli.api.explore.text import show_lines, show_safely
from antiphon.cli.api.explore.wrap import wrap


class Lines(ScrollView, can_focus=True):
    """Text, wrapped to the width there is."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down"),
        Binding("k", "scroll_up"),
        Binding("ctrl+f,space", "page_down"),
        Binding("ctrl+b", "page_up"),
        Binding("g", "scroll_home"),
        Binding("G", "scroll_end"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._lines = show_lines(text)
        self._rows: list[str] = []

    def on_resize(self, event: Resize) -> None:
        """Wraps anew."""
        width = max(1, self.scrollable_content_region.width)
        self._rows = [row for line in self._lines for row in wrap(line, width)]
        self.virtual_size = Size(width, len(self._rows))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A row of the screen."""
        row, style, width = y + self.scroll_offset.y, self.rich_style, self.size.width
        text = self._rows[row] if row < len(self._rows) else ""
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)


class Reader(ModalScreen[None]):
    """Shows a text, until it is left. copied: what `y` copies, where that is something."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,p,question_mark,h,left,enter", "dismiss"),
        Binding("y", "copy"),
    ]

    def __init__(self, title: str, text: str, *, can_copy: bool = True) -> None:
        super().__init__()
        self._title = show_safely(title)
        self._text = text
        self._can_copy = can_copy

    def compose(self) -> ComposeResult:
        """The text, and what it is."""
        yield Lines(self._text)
        keys = "y copy · q back" if self._can_copy else "q back"
        yield Static(f" {self._title} · {keys}", classes="status", markup=False)

    def action_copy(self) -> None:
        """All of it."""
        if self._can_copy:
            self.app.copy_to_clipboard(self._text.encode(errors="backslashreplace").decode())
            self.notify("Copied.", timeout=1.5)
