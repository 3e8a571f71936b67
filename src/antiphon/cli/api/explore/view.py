"""The tree on the screen: draws the rows that are in sight, and moves the cursor by keys and mouse."""

import re
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from antiphon.cli.api.explore.node import Address
from antiphon.cli.api.explore.row import KINDS, build_row
from antiphon.cli.api.explore.tree import MOST_ROWS, Tree


class TreeView(ScrollView, can_focus=True):
    """A tree, and what of it is in sight. match: what is marked in it."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"cursor", *KINDS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)"),
        Binding("up,k", "move(-1)"),
        Binding("right,l", "enter"),
        Binding("left,h", "leave"),
        Binding("space", "fold"),
        Binding("e", "open_all"),
        Binding("E", "close_all"),
        Binding("J", "move_beside(1)"),
        Binding("K", "move_beside(-1)"),
        Binding("pagedown,ctrl+f", "page(1)"),
        Binding("pageup,ctrl+b", "page(-1)"),
        Binding("ctrl+d", "page(0.5)"),
        Binding("ctrl+u", "page(-0.5)"),
        Binding("home,g", "first"),
        Binding("end,G", "last"),
    ]

    class Moved(Message):
        """By hand: the cursor, or what is open. told: what is to be said about it."""

        def __init__(self, told: str = "") -> None:
            super().__init__()
            self.told = told

    def __init__(self) -> None:
        super().__init__()
        self.model = Tree()
        self.match: re.Pattern[str] | None = None
        self.follows_end = False

    @property
    def last_item_in_sight(self) -> int:
        """Its number, or that of the item under the cursor where this is further down."""
        tree = self.model
        rows = tree.rows[self.scroll_offset.y + self.size.height - 1 :][:1] or tree.rows[-1:]
        return max((node.lineage[0].place for node in (*rows, *tree.rows[tree.cursor :][:1])), default=0)

    def add(self, values: Iterable[Any]) -> None:
        """More items."""
        self.model.add(values)
        if self.follows_end:
            self.model.move_to(len(self.model.rows))
        self.show(follow=self.follows_end)

    def show(self, *, follow: bool = True) -> None:
        """Draws what has changed. follow: so that the cursor is in sight."""
        tree, height = self.model, self.size.height
        self.virtual_size = Size(0, len(tree.rows))  # a width would ask for a scrollbar
        top = self.scroll_offset.y
        if follow and not top <= tree.cursor < top + height:
            top = tree.cursor if tree.cursor < top else tree.cursor - height + 1
            self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()

    def reveal(self, address: Address) -> None:
        """Goes to a value, wherever it is."""
        self.model.reveal(address)
        self.show()

    def on_resize(self, event: Resize) -> None:
        """The cursor stays in sight."""
        self.show()

    def on_click(self, event: Click) -> None:
        """Moves there; on the row of the cursor, opens or closes."""
        row = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if row < len(self.model.rows):
            again = row == self.model.cursor
            self._change(lambda tree: tree.toggle() if again else tree.move_to(row))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to move in an empty tree."""
        return bool(self.model.rows) and super().check_action(action, parameters)

    def action_move(self, by: int) -> None:
        """So many rows."""
        self._change(lambda tree: tree.move_to(tree.cursor + by))

    def action_page(self, pages: float) -> None:
        """So many screens."""
        self.action_move(round(self.size.height * pages))

    def action_first(self) -> None:
        """To the beginning."""
        self._change(lambda tree: tree.move_to(0))

    def action_last(self) -> None:
        """To the end, and further while more arrives."""
        self._change(lambda tree: tree.move_to(len(tree.rows)))
        self.follows_end = True

    def action_move_beside(self, step: int) -> None:
        """To a sibling."""
        self._change(lambda tree: tree.move_beside(step))

    def action_enter(self) -> None:
        """Opens, or goes in."""
        self._change(Tree.enter)

    def action_leave(self) -> None:
        """Closes, or goes out."""
        self._change(Tree.leave)

    def action_fold(self) -> None:
        """Opens or closes."""
        self._change(Tree.toggle)

    def action_open_all(self) -> None:
        """As far as is sensible."""
        is_all = self.model.open_all()
        self._change(lambda _: None, "" if is_all else f"Not everything is open: {MOST_ROWS:,} rows are the most.")

    def action_close_all(self) -> None:
        """Back to the items."""
        self._change(Tree.close_all)

    def _change(self, change: Callable[[Tree], None], told: str = "") -> None:
        self.follows_end = False
        change(self.model)
        self.show()
        self.post_message(self.Moved(told))

    def render_line(self, y: int) -> Strip:
        """A row of the screen."""
        number, rows, width = y + self.scroll_offset.y, self.model.rows, self.scrollable_content_region.width
        style = self.rich_style
        if number >= len(rows):
            return Strip.blank(self.size.width, style)
        if number == self.model.cursor:
            style += self.get_component_rich_style("cursor", partial=True)
        text = build_row(
            rows[number], width=width, styles=self._styles(), numbered=len(self.model.items) > 1, match=self.match
        )
        text.style = style
        return Strip(text.render(self.app.console)).adjust_cell_length(self.size.width, style)

    def _styles(self) -> dict[str, Style]:
        return {kind: self.get_component_rich_style(kind, partial=True) for kind in KINDS}
