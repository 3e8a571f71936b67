"""The screen as a whole: the tree, its search and its status line, and the feed that they wait for."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from antiphon.cli.api.explore.feed import Feed
from antiphon.cli.api.explore.help import HELP
from antiphon.cli.api.explore.lines import Reader
from antiphon.cli.api.explore.path import path_of
from antiphon.cli.api.explore.search import Search
from antiphon.cli.api.explore.status import render_status
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
        Binding("slash", "find"),
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
        self._is_done = False
        self._search: Search | None = None
        self._seeks = 0
        self._told = ""

    @property
    def view(self) -> TreeView:
        """The tree."""
        return self.screen_stack[0].query_one(TreeView)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TreeView()
        yield Finder(placeholder="search", select_on_focus=True)
        yield Static(classes="status", markup=False)

    def on_mount(self) -> None:
        """The feed is asked again and again: its thread never waits for the screen, nor the screen for it."""
        self.view.focus()
        self._feed.start()
        self._ticks = self.set_interval(TICK_S, self._collect)

    def _collect(self) -> None:
        values, is_done = self._feed.collect()
        if values:
            self.view.add(values)
        if is_done:
            self._end()
        else:
            is_all = self.view.follows_end or self._seeks
            self._feed.want(EVERYTHING if is_all else self.view.last_item_in_sight + AHEAD)
        if self._seeks and (values or is_done):
            self._seek()
        self._show_status()

    def _end(self) -> None:
        self._ticks.stop()
        self._is_done, self.error = True, self._feed.error
        tree = self.view.model
        if self.error is not None and not tree.items:
            self.exit()
        elif len(tree.items) == 1 and not tree.items[0].is_open:
            tree.open(0)
            self.view.show()

    def on_tree_view_moved(self, event: TreeView.Moved) -> None:
        """What was said has been read."""
        self._show_status(event.told)

    def _show_status(self, told: str | None = None) -> None:
        if told is not None:
            self._told = told
        line = self.screen_stack[0].query_one(".status", Static)
        line.set_class(self.error is not None, "failed")
        told = self._told or ("" if self.error is None else f"Stopped: {self.error}")
        line.update(
            render_status(
                self.view.model,
                told=told,
                is_done=self._is_done,
                is_busy=not self._is_done and self._feed.is_busy,
                width=self.size.width,
            )
        )

    def action_find(self) -> None:
        """Asks what to search."""
        finder = self.query_one(Finder)
        finder.display = True
        finder.focus()

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
        if search is None or tree.current is None:
            return
        search.read(tree.items)
        found = search.next(tree.current.address, self._seeks, is_all=self._is_done)
        if found is None and not self._is_done:
            self._show_status(f"Searching '{search.text}'")
            return
        self._seeks = 0
        if found is not None:
            self.view.reveal(found)
        else:
            self._show_status(f"'{search.text}' is nowhere.")

    def action_forget(self) -> None:
        """Ends the search; without one, leaves."""
        if self._search is None:
            self.exit()
            return
        self._search, self._seeks, self.view.match = None, 0, None
        self.view.show()

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
        self._show_status(f"Copied {count(len(text), 'character')}.")
