"""The screen as a whole: the tree, its search and its status line, and the feed that they wait for."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from antiphon.cli.api.explore.feed import Feed
from antiphon.cli.api.explore.help import HELP
from antiphon.cli.api.explore.lines import Reader
from antiphon.cli.api.explore.path import path_of
from antiphon.cli.api.explore.search import Search
from antiphon.cli.api.explore.status import Status
from antiphon.cli.api.explore.text import count, render_whole
from antiphon.cli.api.explore.view import TreeView

TICK_S = 0.05
AHEAD = 200
"""So many items are fetched before they come into sight."""
EVERYTHING = 1 << 62


class Finder(Input):
    """Where the text to search is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.end_find")]


class Explorer(App[None]):
    """error: what ended the feed before its end, once it is known."""

    CSS_PATH = "style.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit"),
        Binding("ctrl+c", "quit", priority=True),
        Binding("escape", "forget"),
        Binding("ctrl+z", "suspend_process"),
        Binding("slash", "find", priority=True),
        Binding("n", "next(1)"),
        Binding("N", "next(-1)"),
        Binding("enter", "look"),
        Binding("p", "read"),
        Binding("y", "copy"),
        Binding("Y", "copy_path"),
        Binding("question_mark", "help"),
    ]

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self.error: BaseException | None = None
        self._feed = feed
        self._search: Search | None = None
        self._seeks = 0

    @property
    def view(self) -> TreeView:
        """The tree, whatever is shown before it."""
        return self.screen_stack[0].query_one(TreeView)

    @property
    def status(self) -> Status:
        """The line at the bottom."""
        return self.screen_stack[0].query_one(Status)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        view = TreeView()
        yield view
        yield Finder(placeholder="search", select_on_focus=True)
        yield Status(view.model)

    def on_mount(self) -> None:
        """The feed is asked again and again: its thread never waits for the screen, nor the screen for it."""
        self.view.focus()
        self._feed.start()
        self._ticks = self.set_interval(TICK_S, self._collect)

    def _collect(self) -> None:
        values, is_done = self._feed.collect()
        if values:
            self.view.add(values)
            self.status.refresh()
        if is_done:
            self._end()
        else:
            is_all = self.view.follows_end or self._seeks
            self._feed.want(EVERYTHING if is_all else self.view.last_item_in_sight + AHEAD)
        self.status.is_busy = self._feed.is_busy
        if values or is_done:
            self._seek()

    def _end(self) -> None:
        self._ticks.stop()
        self.error, items = self._feed.error, self.view.model.items
        self.status.is_done = True
        self.status.failure = "" if self.error is None else str(self.error) or type(self.error).__name__
        if self.error is not None and not items:
            self.exit()
        elif len(items) == 1 and not items[0].is_open:
            self.view.model.open(0)
            self.view.show()

    def on_tree_view_moved(self, event: TreeView.Moved) -> None:
        """Whoever moves has read what was said, and no longer waits for the search."""
        self._seeks = 0
        self._tell(event.told)

    def _tell(self, told: str) -> None:
        self.status.told = told
        self.status.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """`/` comes before what is typed after it, however fast; in a text it is a letter."""
        if action == "find":
            return isinstance(self.focused, TreeView)
        return super().check_action(action, parameters)

    def action_find(self) -> None:
        """Asks what to search."""
        finder = self.query_one(Finder)
        finder.display = True
        self.screen.set_focus(finder)

    def action_end_find(self) -> None:
        """Back to the tree."""
        self.query_one(Finder).display = False
        self.view.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Searches from the cursor on."""
        self.action_end_find()
        self._search = Search(event.value) if event.value else None
        self.view.match = self._search.pattern if self._search else None
        self.view.show()
        self.action_next(1)

    def action_next(self, step: int) -> None:
        """The next place where the text is, or the one before."""
        if self._search and self.view.model.current:
            self._seeks = step
            self._seek()

    def _seek(self) -> None:
        """Goes there; where it has not arrived yet, when it does. Begins again behind the last."""
        search, tree = self._search, self.view.model
        if search is None or tree.current is None or not self._seeks:
            return
        if not search.read(tree.items):
            self.set_timer(TICK_S / 10, self._seek)  # keys have their turn in between
            self._tell(f"Searching '{search.text}'")
            return
        found = search.next(tree.current.address, self._seeks, is_all=self.status.is_done)
        if found is not None:
            self.view.reveal(found)
        if found is not None or self.status.is_done:
            self._seeks = 0
        self._tell(f"Searching '{search.text}'" if self._seeks else "" if found else f"'{search.text}' is nowhere.")

    def action_forget(self) -> None:
        """Ends the search; without one, leaves."""
        if self._search is None:
            self.exit()
            return
        self._search, self._seeks, self.view.match = None, 0, None
        self.view.refresh()
        self._tell("")

    def action_look(self) -> None:
        """Opens or closes what can be opened; shows all else."""
        node = self.view.model.current
        if node and node.can_open:
            self.view.action_fold()
        else:
            self.action_read()

    def action_read(self) -> None:
        """The whole value."""
        if node := self.view.model.current:
            self.push_screen(Reader(path_of(node), render_whole(node.value)))

    def action_help(self) -> None:
        """The keys."""
        self.push_screen(Reader("keys", HELP, can_copy=False))

    def action_copy(self) -> None:
        """The value, by the terminal (OSC 52)."""
        if node := self.view.model.current:
            self._copy(render_whole(node.value))

    def action_copy_path(self) -> None:
        """The path."""
        if node := self.view.model.current:
            self._copy(path_of(node))

    def _copy(self, text: str) -> None:
        self.copy_to_clipboard(text.encode(errors="backslashreplace").decode())
        self._tell(f"Copied {count(len(text), 'character')}.")
