"""What begins with a slash, as a table. Each changes the session and says one thing, or raises `Refused`."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import NamedTuple

from antiphon.cli.chat.files.disk import load_file, save_file
from antiphon.cli.chat.files.images import load_image, parse_path
from antiphon.cli.chat.refused import Refused
from antiphon.cli.chat.sampling import parse_name, parse_value, render_settings
from antiphon.cli.chat.session import Session

NONE = "-"
"""Takes away what a command would set."""
Run = Callable[[Session, str], str | None]


class Command(NamedTuple):
    """takes: how what follows the name is written, in help. needs: whether something must follow."""

    run: Run
    takes: str
    help: str
    needs: bool = False


def run_command(session: Session, line: str) -> str | None:
    """What there is to say of it. line: begins with a slash. Raises `Refused`."""
    name, _, argument = line.strip().partition(" ")
    command = COMMANDS.get(ALIASES.get(name, name))
    if command is None:
        raise Refused(f"There is no {name}; {suggest(name)} To send this to the model, put a space before it.")
    argument = argument.strip()
    if command.needs and not argument:
        raise Refused(f"Say {name} {command.takes}.")
    if argument and not command.takes:
        raise Refused(f"{name} takes nothing behind it.")
    return command.run(session, argument)


def suggest(name: str) -> str:
    """The nearest, or all."""
    near = get_close_matches(name.lower(), [*COMMANDS, *ALIASES], n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else "/help lists what there is."


def render_help(_session: Session, _argument: str) -> str:
    """The table."""
    shown = {f"{name} {command.takes}".strip(): command.help for name, command in COMMANDS.items()}
    width = max(map(len, shown))
    return "\n".join([*(f"{usage:<{width}}  {told}" for usage, told in shown.items()), "", KEYS])


def set_system(session: Session, text: str) -> str:
    """Shown, set or taken away."""
    if not text:
        return session.conversation.system or "There are no instructions."
    session.conversation = session.conversation.with_system("" if text == NONE else text)
    return "No instructions from now on." if text == NONE else "These are the instructions from now on."


def choose_model(session: Session, name: str) -> str:
    """Listed, or chosen: whether there is such a model is known when it is asked, for servers have aliases."""
    if name:
        session.model = name
        return f"{name} answers from now on."
    names = list(dict.fromkeys([session.model, *session.list_models()]))
    return f"{session.model} answers. " + ("There are " + ", ".join(names) + "." if names[1:] else "There is no other.")


def change_setting(session: Session, text: str) -> str:
    """All shown, or one set or taken away."""
    if text:
        said, _, value = text.replace("=", " ", 1).partition(" ")
        name, value = parse_name(said), value.strip()
        if not value:
            raise Refused(f"Say /set {name} VALUE, or /set {name} {NONE} to leave it to the server.")
        session.change({name: None if value == NONE else parse_value(name, value)})
    return render_settings(session.settings)


def attach_image(session: Session, said: str) -> str:
    """One more for the next message, or none."""
    if said == NONE:
        session.images = ()
        return "No image goes with the next message."
    session.images = (*session.images, load_image(said))
    number = len(session.images)
    return f"{'An image goes' if number == 1 else f'{number} images go'} with the next message."


def retry(session: Session, _argument: str) -> None:
    """Another answer."""
    without = session.conversation.without_answer()
    if without is None:
        raise Refused("Nothing was asked yet.")
    session.conversation, session.wants_answer = without, True


def undo(session: Session, _argument: str) -> None:
    """The message is at the prompt again."""
    if not session.take_back():
        raise Refused("Nothing was asked yet.")


def clear(session: Session, _argument: str) -> str:
    """Instructions and settings stay."""
    session.conversation, session.images = session.conversation.cleared(), ()
    return "A new conversation."


def save(session: Session, said: str) -> str:
    """Over nothing but what this session loaded or saved."""
    path = save_file(said, session.to_saved(), may_replace=session.own_files)
    session.own_files.add(path.resolve())
    return f"Saved in {path}."


def overwrite(session: Session, said: str) -> str:
    """Over whatever is there."""
    session.own_files.add(parse_path(said).resolve())
    return save(session, said)


def load(session: Session, said: str) -> str:
    """In place of what was said here."""
    path, saved = load_file(said)
    session.restore(saved)
    session.own_files.add(path.resolve())
    number = len(saved.conversation.turns)
    return f"{number} message{'' if number == 1 else 's'} loaded; {session.model} answers."


def leave(session: Session, _argument: str) -> None:
    """The end."""
    session.is_over = True


COMMANDS = {
    "/help": Command(render_help, "", "Show this."),
    "/retry": Command(retry, "", "Drop the last answer and ask again."),
    "/undo": Command(undo, "", "Take the last message and its answer back, to write it anew."),
    "/clear": Command(clear, "", "Begin a new conversation; instructions and settings stay."),
    "/system": Command(set_system, "[TEXT]", "Show or set the instructions; - for none."),
    "/model": Command(choose_model, "[NAME]", "Show the models, or choose one."),
    "/set": Command(change_setting, "[NAME VALUE]", "Show or set temperature, seed, max_tokens and so on; - for none."),
    "/image": Command(attach_image, "FILE|URL", "Send an image with the next message; - for none.", needs=True),
    "/save": Command(save, "FILE", "Save the conversation: .json for /load, .md for reading.", needs=True),
    "/save!": Command(overwrite, "FILE", "The same over a file that is there.", needs=True),
    "/load": Command(load, "FILE", "Go on with a saved conversation.", needs=True),
    "/exit": Command(leave, "", "Leave, as Ctrl-D does."),
}
ALIASES = {"/quit": "/exit", "/bye": "/exit", "/?": "/help"}
KEYS = (
    "Enter sends. Alt-Enter, or a backslash at the end and Enter, begins another line; Ctrl-X Ctrl-E opens an editor.\n"
    "Ctrl-C stops an answer, which is kept as far as it came, or clears the line."
)
