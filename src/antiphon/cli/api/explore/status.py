"""The line at the bottom: where the cursor is, what is there, how much has arrived."""

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from antiphon.cli.api.explore.path import path_of
from antiphon.cli.api.explore.text import describe, show_safely
from antiphon.cli.api.explore.tree import Tree


class Status(Widget):
    """told: what is to be said, until the cursor moves. failure: what ended the values before their end. is_done: all
    have arrived. is_busy: more are on their way.
    """

    told: reactive[str] = reactive("")
    failure: reactive[str] = reactive("")
    is_done: reactive[bool] = reactive(False)
    is_busy: reactive[bool] = reactive(True)

    def __init__(self, tree: Tree) -> None:
        super().__init__(classes="status")
        self._tree = tree

    def watch_failure(self, failure: str) -> None:
        """Not to be overlooked."""
        self.set_class(bool(failure), "failed")

    def render(self) -> Text:
        """The line."""
        told = self.told or (f"Stopped: {self.failure}" if self.failure else "")
        return render_status(self._tree, told=told, is_done=self.is_done, is_busy=self.is_busy, width=self.size.width)


def render_status(tree: Tree, *, told: str, is_done: bool, is_busy: bool, width: int) -> Text:
    """told: takes the place of the path. The path gives way where there is no room for both."""
    right = f"{render_place(tree, is_done=is_done, is_busy=is_busy)} · ? help "
    node = tree.current
    left = show_safely(told) if told else show_safely(path_of(node)) if node else ""
    room = max(0, width - cell_len(right) - 2)
    if cell_len(left) > room:
        left = f"{set_cell_size(left, max(0, room - 1)).rstrip()}…" if told else f"…{left[-max(1, room - 1) :]}"
    return Text(f" {set_cell_size(left, room)} {right}", no_wrap=True, overflow="crop", end="")


def render_place(tree: Tree, *, is_done: bool, is_busy: bool) -> str:
    """What is under the cursor, which item it is of how many."""
    parts = [describe(tree.current.value)] if tree.current else [] if is_busy else ["Nothing"]
    if tree.current and (len(tree.items) > 1 or not is_done):
        number = tree.current.lineage[0].place + 1
        parts.append(f"{number:,} of {len(tree.items):,}{'' if is_done else '+'}")
    return " · ".join([*parts, "loading…"] if is_busy else parts)
