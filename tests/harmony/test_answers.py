"""What gpt-oss writes is to us what it is to the official package: as we read it, and as our grammar forces it."""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper
from openai_harmony import HarmonyError, Message, Role, StreamableParser, StreamState

from antiphon.dialect.conversation import Conversation, Tool, ToolChoice, ToolKind, Turn
from antiphon.dialect.families.harmony import FORM
from antiphon.dialect.grammar.grammar import write_grammar
from antiphon.dialect.grammar.harmony import HarmonyWriter
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.reader import Reader, Reading
from tests.harmony.package import call, encode, load_control, load_encoding, needs_vocabulary, piece_of, say
from tests.unit.dialect.outputs import HARMONY
from tests.unit.dialect.strategies import arguments, texts

pytestmark = needs_vocabulary
FUNCTIONS, CUSTOMS = ("weather", "note", "set", "run", "now"), ("sql",)
READING = Reading(form="harmony", functions=dict.fromkeys(FUNCTIONS, ()), customs=CUSTOMS)
Parts = list[tuple[str, str]]


# Answers, as the package writes them

said = st.builds(say, texts, st.sampled_from(["analysis", "analysis", "commentary", "final"]))
types = st.sampled_from(["<|constrain|>json", "json", "code", None])
channels = st.sampled_from(["commentary", "analysis"])
calls = st.builds(call, st.sampled_from(FUNCTIONS + CUSTOMS), arguments, channels, types, behind=st.booleans())
answers = st.lists(said | calls, min_size=1, max_size=5)


def write(messages: Iterable[Message]) -> list[int]:
    """The tokens of an answer, of which the prompt has written the first two."""
    return [token for message in messages for token in load_encoding().render(message)][2:]


# What both make of them


def read(tokens: Sequence[int], *, letters: bool = False) -> Parts:
    """What our reader says. letters: given one character at a time."""
    reader = Reader(READING, load_control())
    decoder = codecs.getincrementaldecoder("utf-8")()
    segments = []
    for token in tokens:
        text = reader.tokens.get(token) or decoder.decode(piece_of(token))
        for piece in text if letters else [text]:
            segments += reader.push(piece)
    return merge((segment.kind, segment.text) for segment in [*segments, *reader.finish()])


def read_theirs(tokens: Sequence[int], *, strict: bool = True) -> Parts:
    """What the package's parser says up to where it is, in our words."""
    parser = StreamableParser(load_encoding(), Role.ASSISTANT, strict=strict)
    for token in tokens:
        parser.process(token)
    messages = parser.messages
    if parser.state is StreamState.CONTENT:
        last = say(parser.current_content, parser.current_channel, parser.current_role or Role.ASSISTANT)
        messages.append(last.with_recipient(parser.current_recipient) if parser.current_recipient else last)
    return merge(explain(messages))


def explain(messages: Iterable[Message]) -> Iterator[tuple[str, str]]:
    """Parts of an answer with an empty line between messages of a kind. What is for no function that may be called is
    not for the user either.
    """
    kinds: set[str] = set()
    for message in messages:
        text, recipient = message.content[0].text, message.recipient or ""
        name = recipient.partition("functions.")[2]
        if message.author.role is not Role.ASSISTANT:
            continue
        if name in FUNCTIONS + CUSTOMS:
            yield "custom" if name in CUSTOMS else "function", name
            yield "arguments", text
        elif text:
            # A constraint alone is a recipient to version 0.0.8, and to later ones it is none.
            is_hidden = recipient and not recipient.startswith("<|constrain|>")
            kind = "reasoning" if message.channel == "analysis" or is_hidden else "text"
            yield kind, "\n\n" + text if kind in kinds else text
            kinds.add(kind)


def merge(parts: Iterable[tuple[str, str]]) -> Parts:
    """Pieces of one part put together."""
    merged: Parts = []
    for kind, text in parts:
        if merged and merged[-1][0] == kind and kind not in ("function", "custom"):
            merged[-1] = (kind, merged[-1][1] + text)
        elif text:
            merged.append((kind, text))
    return merged


LENIENT = "<|constrain|> json"
"""The package reads no constraint with a space in it; we do."""


@pytest.mark.parametrize("output", [output for output, _ in HARMONY])
def test_rows_are_read_as_the_package_reads_them(output: str) -> None:
    """The table of outputs, whole and cut off behind any token."""
    tokens = encode(output)
    if LENIENT in output:
        with pytest.raises(HarmonyError):
            read_theirs(tokens)
        assert read(tokens) == read_theirs(encode(output.replace(LENIENT, LENIENT.replace(" ", ""))))
        return
    for end in range(len(tokens) + 1):
        assert read(tokens[:end]) == read_theirs(tokens[:end])


@settings(max_examples=100)
@given(answers, st.data())
def test_answers_are_read_as_the_package_reads_them(messages: list[Message], data: st.DataObject) -> None:
    """Messages of any kinds in any order with anything in them: whole, cut off anywhere, and in pieces."""
    tokens = write(messages)
    end = data.draw(st.integers(0, len(tokens)))
    assert read(tokens) == read(tokens, letters=True) == read_theirs(tokens)
    assert read(tokens[:end]) == read_theirs(tokens[:end])


STRANGE = [
    # no space before the constraint; no `to=`; a constraint without a call
    "<|channel|>commentary to=functions.now<|constrain|>json<|message|>{}",
    "<|channel|>commentary functions.now <|constrain|>json<|message|>{}",
    "<|channel|>commentary functions.now<|message|>{}",
    "<|channel|>final <|constrain|>json<|message|>{}",
    # no channel, an unknown one, and white space around
    "<|message|>Hi",
    "<|channel|>comment<|message|>Hi",
    "\n<|channel|>final \n<|message|> Hi \n<|end|><|start|>assistant<|channel|>final<|message|> you\n",
    # for tools that there are not, and for everybody
    "<|channel|>analysis to=python code<|message|>print(1)<|call|>",
    '<|channel|>commentary to=browser.search json<|message|>{"query": "Oslo"}<|call|>',
    "<|channel|>commentary to=functions.missing <|constrain|>json<|message|>{}<|call|>",
    # said by others
    "<|channel|>final<|message|>Hi<|end|><|start|>user<|message|>You?<|end|><|start|>assistant<|message|>Yes",
    "<|channel|>commentary to=functions.now<|message|>{}<|call|>"
    '<|start|>functions.now to=assistant<|channel|>commentary<|message|>"12:00"<|end|>',
    # without `<|message|>`
    "Hello!<|return|>",
    "<|channel|>final Hello!<|return|>",
    "<|channel|>analysis<|end|><|start|>assistant<|channel|>final<|message|>Hi",
    # nothing said
    "<|channel|>analysis<|message|><|end|><|start|>assistant<|channel|>analysis<|message|>\n<|end|>",
    "",
]


@pytest.mark.parametrize("output", STRANGE)
def test_strange_outputs_are_read_as_the_package_reads_them(output: str) -> None:
    """What models write where no grammar holds them, as far as the package has a meaning for it."""
    tokens = encode(output)
    assert read(tokens) == read(tokens, letters=True) == read_theirs(tokens, strict=False)


DIFFERENT = [
    # Control tokens are no text, and a message begins wherever one does: the package takes both for text.
    ("<|channel|>final<|message|>a<|message|>b<|channel|>c", [("text", "abc")]),
    ("<|channel|>analysis<|message|>a<|start|>assistant<|message|>b", [("reasoning", "a"), ("text", "b")]),
    # Headers that the package refuses, and text behind the end of a message.
    ("<|channel|>commentary json to=functions.now<|message|>{}", [("function", "now"), ("arguments", "{}")]),
    ("<|channel|>final one two three<|message|>Hi", [("text", "Hi")]),
    ("<|channel|>final<|message|>a<|end|>\n<|start|>assistant<|message|>b", [("text", "a\n\nb")]),
    # An answer that ends where a header would: it never had one.
    ("Hello!", [("text", "Hello!")]),
]  # fmt: skip


@pytest.mark.parametrize(("output", "parts"), DIFFERENT)
def test_outputs_that_we_read_on_purpose_in_another_way(output: str, parts: Parts) -> None:
    """We go on where the package stops, so that no answer is an error, and show no control tokens."""
    tokens = encode(output)
    assert read(tokens) == parts
    with suppress(HarmonyError):
        assert read_theirs(tokens) != parts


# What our grammar makes it write

SPELLINGS = ("<|start|>", "<|channel|>", "<|message|>", "<|constrain|>", "<|end|>", "<|call|>")
SMALL = ControlTokens({spelling: 256 + number for number, spelling in enumerate(SPELLINGS)})
"""A vocabulary of the bytes and these: what a grammar forces does not depend on how it is cut into tokens."""


class Bytes:
    """It, as llguidance takes it."""

    tokens = (*(bytes([byte]) for byte in range(256)), *(b"\xff" + spelling.encode() for spelling in SPELLINGS))
    special_token_ids = tuple(SMALL.spellings)
    eos_token_id = SMALL.ids["<|call|>"]
    bos_token_id = None

    def __call__(self, text: bytes) -> list[int]:
        """Its tokens."""
        return list(text)


def force(tool: Tool, begin: str) -> str:
    """What must follow a beginning where this tool must be called."""
    choice = ToolChoice("required", frozenset({(tool.kind, tool.name)}))
    others = (Tool("weather"), Tool("noted"), Tool("sql", "custom"))
    conversation = Conversation((Turn("user", "Hi"),), (tool, *others), choice)
    grammar = HarmonyWriter(conversation, FORM, SMALL, None, thinks=False).write()
    assert grammar
    matcher = LLMatcher(LLTokenizer(TokenizerWrapper(Bytes())), write_grammar(grammar.main, grammar.parts), log_level=0)
    for token in (token for piece in SMALL.pattern.split(begin) for token in ids_of(piece)):
        assert matcher.consume_token(token), matcher.get_error()
    forced = matcher.compute_ff_tokens()
    return b"".join(SMALL.spellings[token].encode() if token > 255 else bytes([token]) for token in forced).decode()


def ids_of(piece: str) -> list[int]:
    """A control token, or bytes."""
    return [SMALL.ids[piece]] if piece in SMALL.ids else list(piece.encode())


THOUGHT = "<|channel|>analysis<|message|>Hm.<|end|>"


@pytest.mark.parametrize("begin", ["", THOUGHT])
@pytest.mark.parametrize("kind", get_args(ToolKind))
@pytest.mark.parametrize("name", ["note", "get_weather-2", "functions", "to"])
def test_the_head_of_a_call_is_one_to_the_package(name: str, kind: ToolKind, begin: str) -> None:
    """What the grammar lets follow `<|channel|>` and a letter is a call of that tool, thought before or not."""
    tool, encoding = Tool(name, kind), load_encoding()
    again = force(tool, begin)
    assert again == ("<|start|>assistant<|channel|>" if begin else "<|channel|>")
    answer = f"{begin}{again}c{force(tool, f'{begin}{again}c').removesuffix('{}')}{{}}<|call|>"
    *_, message = encoding.parse_messages_from_completion_tokens(encode(answer), Role.ASSISTANT)
    assert message == call(name, "{}", "commentary", "<|constrain|>json" if kind == "function" else None)
