"""Render every kind of history on every chat template of a folder, and say what does not come out whole.

Takes *.jinja, *.jinja2 and *.j2, and JSON files with a `chat_template`, such as tokenizer_config.json.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import click
from msgspec.structs import asdict

from antiphon.dialect.conversation import Conversation, Tool
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.probing.effort import EFFORTS
from antiphon.dialect.probing.histories import build_history, find, find_lost, leaves
from antiphon.dialect.probing.tools import find_form
from antiphon.dialect.probing.trial import Trial as Probe
from antiphon.dialect.prompt import ControlTokens, Pieces
from antiphon.dialect.template import Template
from antiphon.dialect.traits import Traits
from antiphon.errors import AntiphonError

MOST_TOLD = 10
OF_DIALECT = ("form", "tools", "listed")
"""Traits that are told in other words."""
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
MARKER = re.compile("<[|\uff5c/]?[\\w\u2581 .:/-]{1,40}[|\uff5c]?>|\\[/?[A-Z_]{2,20}\\]")
"""How control tokens are mostly spelled."""
AWKWARD = '\t {0:03} "said" \\n <|im_end|><s></s>[INST] {{{{ 7 }}}} {{% x %}}\n日本 é 🙂 \u2028 <{0:03}  \n'
IDENTIFY = {
    "odd ids": "chatcmpl-tool/{:03} é",
    "ids of nine letters": "abcdef{:03}",
    "one id for all": "call_1",
    "empty ids": "",
}

TURNS = [" ".join(letters) for length in (1, 2, 3, 4) for letters in product("SDUAT", repeat=length)]
ROUNDS = [
    " ".join(filter(None, parts))
    for parts in product(
        ("", "U", "S U", "D A"),
        "CBPQMLEK",
        ("", "T", "T T", "R R", "F F", "O"),
        ("", "A", "U", "S U A", "C T A", "Q T T U"),
    )
]
DETAILS = [
    *("S- U", "D- U", "U-", "A-", "U- A- U-", "U A- U A-", "U C T- A U", "S- D- U- A-", "B T- U", "U P T- T- A- U"),
    *("U@ A@ U@", "S@ U", "D@ U@", "S@ S@ U@ U@ A@ A@", "U@ U A A@ U", "U B@ T A@", "S S@ D@ D U@ S@", "U F A@", "F F"),
    *("U A? U", "U C? T", "U C? T A? U", "U B? T B? T A?", "U P? T T A? U Q? T T", "A? A? U", "U C? A? U"),
    *("U C@ T A", "U P@ T T A U C@", "S U A " + "U A U B T A U Q T T S U A D U " * 10),
]
WITH_IDS = ("U P T T A U Q R R U", "U C T C T U C T", "O U O", "U F A F")
WITH_TOOLS = (
    "U",
    "S U",
    "D S U A U",
    "U C T A U",
    "S U B T Q T T U",
    "U K T A",
    "S U A U K T C T",
    "U P T U",
    "T U",
    "A",
)
WITH_EFFORT = ("U", "S U A U", "U A? U", "U C? T", "U B? T T A? D U")


SCHEMA_WORDS = (
    "type",
    "description",
    "object",
    "properties",
    "string",
    "integer",
    "array",
    "items",
    "required",
    "enum",
)
"""Which some families say in others."""


def build_tools(say: Callable[[str], str]) -> tuple[Tool, ...]:
    """Two functions and two custom tools. say: makes a text of a word that occurs nowhere else."""
    properties = {
        say("name701"): {"type": "string", "description": say("told702"), "enum": [say("value703"), "other704"]},
        "name705": {"type": "array", "items": {"type": "integer"}, "description": say("told706")},
    }
    parameters = {"type": "object", "properties": properties, "required": ["name705"]}
    return (
        Tool("function707", description=say("told708"), parameters=parameters),
        Tool("function709", description=say("told710")),
        Tool("custom711", "custom", say("told712")),
        Tool("custom713", "custom", grammar=("regex", say("pattern714"))),
    )


TOOLS = build_tools(str)
AWKWARD_TOOLS = build_tools(lambda word: AWKWARD.strip().format(int(word[-3:])))


class Case(NamedTuple):
    """A conversation, and in a few words which it is."""

    label: str
    conversation: Conversation


class Failure(NamedTuple):
    """What did not work, and why."""

    label: str
    reason: str


class Published(NamedTuple):
    """A template with the tokens that it is told. fault: why it could not be read."""

    name: str
    source: str
    tokens: dict[str, str]
    fault: str = ""


def build_cases() -> Iterator[Case]:
    """Every kind of history."""
    for letters in (*TURNS, *ROUNDS, *DETAILS):
        yield Case(letters, Conversation(build_history(letters)))
    for letters in (*TURNS[:155], *ROUNDS[::9], *DETAILS):
        yield Case(f"{letters}, awkward texts", Conversation(build_history(letters, AWKWARD.format)))
    for (name, form), letters in product(IDENTIFY.items(), WITH_IDS):
        yield Case(f"{letters}, {name}", Conversation(build_history(letters, identify=form.format)))
    for effort, letters in product(EFFORTS, WITH_EFFORT):
        yield Case(f"{letters}, effort {effort}", Conversation(build_history(letters), effort=effort))
    for letters in WITH_TOOLS:
        yield Case(f"{letters}, tools", Conversation(build_history(letters), TOOLS))
        yield Case(f"{letters}, tools, effort high", Conversation(build_history(letters), TOOLS, effort="high"))
    for letters in WITH_TOOLS:
        awkward = Conversation(build_history(letters, AWKWARD.format), AWKWARD_TOOLS)
        yield Case(f"{letters}, tools with awkward texts", awkward)


class Trial:
    """One template with every history. Raises `ConfigurationError` when it does not compile."""

    def __init__(self, published: Published) -> None:
        template = Template(published.source, **published.tokens)
        spellings = sorted({*MARKER.findall(template.source), *template.variables.values(), *TOKENS.values()} - {""})
        self.control = ControlTokens({spelling: number for number, spelling in enumerate(spellings)})
        self.dialect = Dialect(template, self.control, bos=None)

    def run(self, cases: list[Case]) -> Iterator[Failure]:
        """What does not work."""
        for case in cases:
            if reason := self._find_fault(case.conversation):
                yield Failure(case.label, reason)
        for letters in (*TURNS[5:155:4], *ROUNDS[::37]):
            plain, awkward = Conversation(build_history(letters)), Conversation(build_history(letters, AWKWARD.format))
            if self._find_controls(plain) != self._find_controls(awkward):
                yield Failure(f"{letters}, awkward texts", "text became control tokens")
        for letters in WITH_TOOLS:
            turns = build_history(letters)
            plain, awkward = Conversation(turns, TOOLS), Conversation(turns, AWKWARD_TOOLS)
            if self._find_controls(plain) != self._find_controls(awkward):
                yield Failure(f"{letters}, tools with awkward texts", "texts of tools became control tokens")

    def _find_fault(self, conversation: Conversation) -> str | None:
        """What of this conversation is not in its prompt, or why there is none."""
        try:
            pieces = self.dialect.render(conversation)
        except AntiphonError as error:
            return str(error)
        prompt = "".join(self.control.spellings[piece] if isinstance(piece, int) else str(piece) for piece in pieces)
        lost = find_lost(conversation.turns, prompt)
        lost = lost or next((text for text in find_texts(conversation.tools) if not is_told(text, prompt)), None)
        return lost and f"lost: {lost}"

    def _find_controls(self, conversation: Conversation) -> Pieces:
        """The control tokens of a prompt."""
        try:
            pieces = self.dialect.render(conversation)
        except AntiphonError:
            return ()
        return tuple(piece for piece in pieces if isinstance(piece, int))


def find_texts(tools: tuple[Tool, ...]) -> Iterator[str]:
    """All that is said of tools."""
    for tool in tools:
        yield from filter(None, (tool.name, tool.description, tool.grammar and tool.grammar[1]))
        yield from (leaf for leaf in leaves(tool.parameters) if leaf not in SCHEMA_WORDS)


def is_told(text: str, prompt: str) -> bool:
    """Whether a prompt has a text of a tool: as it is, as JSON or Python write it, or with each line by itself."""
    lines = filter(None, map(str.strip, text.split("\n")))
    whole = find(text, prompt, 0) is not None or repr(text)[1:-1] in prompt
    return whole or all(line in prompt for line in lines)


def find_templates(folder: Path) -> Iterator[Published]:
    """The templates of a folder and those below."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        try:
            if path.suffix in (".jinja", ".jinja2", ".j2"):
                yield Published(name, path.read_text(), TOKENS)
            elif path.suffix == ".json" and '"chat_template"' in (text := path.read_text()):
                yield from find_in_config(name, json.loads(text))
        except (ValueError, TypeError, KeyError) as error:
            yield Published(name, "", TOKENS, fault=f"it cannot be read ({error})")


def find_in_config(name: str, config: dict[str, Any]) -> Iterator[Published]:
    """The templates of a tokenizer's configuration, which has one, or several with names."""
    found = config["chat_template"]
    tokens = {token: spell(config.get(token), default) for token, default in TOKENS.items()}
    for entry in found if isinstance(found, list) else [{"name": "", "template": found}]:
        if not isinstance(entry["template"], str):
            raise TypeError(f"a template is {type(entry['template']).__name__}")
        yield Published(f"{name} {entry['name']}".strip(), entry["template"], tokens)


def spell(token: Any, default: str) -> str:
    """A token of a configuration, which is a string or an object."""
    content = token.get("content") if isinstance(token, dict) else token
    return content if isinstance(content, str) else default


def describe_dialect(dialect: Dialect) -> str:
    """How the model calls, where its functions are told, and how it marks what it thinks."""
    traits = dialect.traits
    is_own = traits.tools is not None or find_form(Probe(dialect.template), traits) is not None
    told = f"tools in {traits.tools}, {traits.listed}" if traits.tools else "tools taught"
    thinking = f", thinks {dialect.thinking.begins.strip()}…{dialect.thinking.ends}" if dialect.thinking else ""
    return f"{dialect.form.name if is_own else 'generic'}, {told}{thinking}"


def describe(traits: Traits) -> str:
    """In what a template differs from the most natural one."""
    usual = asdict(Traits())
    told = [
        (name, value)
        for name, value in asdict(traits).items()
        if value != usual[name] and not isinstance(value, dict) and name not in OF_DIALECT
    ]
    words = (f"{name}={','.join(sorted(value)) if isinstance(value, frozenset) else value!r}" for name, value in told)
    return " ".join(words) or "takes all"


def try_template(published: Published, cases: list[Case]) -> bool:
    """Try one template and tell; whether all passed."""
    if published.fault:
        click.echo(f"FAILED {published.name}: {published.fault}")
        return False
    try:
        trial = Trial(published)
    except AntiphonError as error:
        click.echo(f"FAILED {published.name}: {error}")
        return False
    failures = list(trial.run(cases))
    passed = f"{len(cases) - len(failures)} of {len(cases)}"
    dialect = describe_dialect(trial.dialect)
    click.echo(
        f"{'FAILED' if failures else 'ok':6} {passed:13} {published.name}: {dialect}; {describe(trial.dialect.traits)}"
    )
    for failure in failures[:MOST_TOLD]:
        click.echo(f"       {failure.label}: {failure.reason}")
    if len(failures) > MOST_TOLD:
        click.echo(f"       and {len(failures) - MOST_TOLD} more")
    return not failures


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Render every kind of history on every chat template of FOLDER, and say what does not come out whole."""
    cases = list(build_cases())
    results = {published.name: try_template(published, cases) for published in find_templates(folder)}
    if not results:
        sys.exit(f"There is no template in {folder}.")
    click.echo(f"{sum(results.values())} of {len(results)} templates take all of {len(cases)} histories.")
    if failed := [name for name, passed in results.items() if not passed]:
        sys.exit(f"These do not: {', '.join(failed)}")


if __name__ == "__main__":
    main()
