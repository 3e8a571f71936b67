"""Pictures, by the bundled model and a projector that sees a small world (tests/model/pictures.py)."""

import itertools
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from PIL import Image

from antiphon.engine.base import Decoding, Service
from antiphon.engine.llama.intake import Intake
from antiphon.engine.llama.messages import Submit
from antiphon.engine.llama.senses.projector import Projector
from tests.model.ask import MODEL, Answer, Ask
from tests.model.looking import Looker, open_looker, picture_of
from tests.model.pictures import COLOURS, NUM_TOKENS, PROJECTOR, Item, draw_held_out, user
from tests.model.plain import Vocabulary, answer_greedily, chose_flash, load_plain
from tests.model.plain_seeing import MARKER, PlainSeer, load_seer, spell
from tests.model.processes import Server, serve, serve_as_measured

DESCRIBE = "\nDescribe the picture."
"""What stands behind a picture in the prompt of a message with both."""
SEEING = ("--model", f"smollm2=smollm2+mmproj={PROJECTOR}")
GREEDY: dict[str, Any] = {"temperature": 0, "max_tokens": 16}
LONGER: dict[str, Any] = {"max_tokens": 40}
(ITEM, PICTURE), (_, OTHER), (_, THIRD) = draw_held_out(3, 11)


@pytest.fixture(scope="module")
def seeing(folder: Path) -> Iterator[Server]:
    """A server whose model sees, with two keys, and no drafts, in whose runs a near tie can fall otherwise."""
    with serve_as_measured(folder, *SEEING, "--api-key", "one", "--api-key", "two", "--no-draft") as server:
        yield server


@pytest.fixture(scope="module")
def steady(folder: Path) -> Iterator[Server]:
    """The same, `--deterministic`, with a slot more than eight."""
    with serve(folder, *SEEING, "--deterministic", "--parallel", "9", "--context", "1024") as server:
        yield server


def open_ask(server: Server, key: str = "one") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0)


@pytest.fixture(scope="module")
def ask(seeing: Server) -> Iterator[Ask]:
    with open_ask(seeing) as client:
        yield Ask(client)


@pytest.fixture(scope="module")
def ask_steady(steady: Server) -> Iterator[Ask]:
    with open_ask(steady) as client:
        yield Ask(client)


@pytest.fixture(scope="module")
def seer(seeing: Server) -> Iterator[PlainSeer]:
    """Plain llama.cpp with the attention kernel that the server has chosen."""
    with load_seer(flash_attention=chose_flash()) as seer:
        yield seer


@pytest.fixture(scope="module")
def looker() -> Iterator[Looker]:
    with open_looker() as looker:
        yield looker


numbers = itertools.count()


def new_picture() -> Image.Image:
    """One that no request has had before."""
    return draw_held_out(1, 1000 + next(numbers))[0][1]


def parts(*pieces: str | Image.Image) -> list[str | int | Image.Image]:
    """A prompt with one message of a user, as the engine has it."""
    return [1, "user\n", *pieces, 2, "\n", 1, "assistant\n"]


LAYOUTS: list[list[str | Image.Image]] = [
    [PICTURE, DESCRIBE],
    ["Look:\n", PICTURE, DESCRIBE],
    ["Look:\n", PICTURE],
    [PICTURE],
    ["One:\n", PICTURE, "\nAnother:\n", OTHER, DESCRIBE],
    [PICTURE, "\n", OTHER, "\n", PICTURE, DESCRIBE],
]


class TestLogits:
    """Without a server."""

    @pytest.mark.parametrize("pieces", LAYOUTS)
    def test_they_are_the_helpers(self, looker: Looker, pieces: list[str | Image.Image]) -> None:
        """Behind a prompt with pictures, and behind each token of the answer, they are to the last bit those of
        `mtmd_helper_eval_chunks`, which divides the prompt alike.
        """
        ours = looker.look(*parts(*pieces), limit=5)
        pictures = [piece for piece in pieces if isinstance(piece, Image.Image)]
        text = "".join(piece if isinstance(piece, str) else MARKER for piece in pieces)
        with load_seer() as seer:
            theirs = [seer.compute(f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n", pictures)]
            theirs += [seer.go_on(int(row.argmax())) for row in ours[:-1]]
        assert np.array_equal(ours, np.stack(theirs))

    def test_any_slot_and_company(self) -> None:
        """Four at once, whose runs llama.cpp takes together, have them up to rounding."""
        layouts = LAYOUTS[:4]
        with open_looker() as looker:
            alone = [looker.look(*parts(*pieces))[0] for pieces in layouts]
        with open_looker() as looker:
            sequences = [looker.begin(looker.build(*parts(*pieces))) for pieces in layouts]
            rows = looker.run()
        for sequence, expected in zip(sequences, alone, strict=True):
            [row] = rows[sequence.request[1]]
            assert np.abs(row - expected).max() < 0.02 * np.abs(expected).max()

    @pytest.mark.parametrize("budget", [2, 7, 24, 64])
    def test_divided(self, budget: int) -> None:
        """In small steps, with what fills runs up cut off again, they are to the last bit those of a single one."""
        with open_looker(even_runs=True) as looker:
            expected = looker.look(*parts("Look:\n", PICTURE, DESCRIBE), limit=3)
        with open_looker(even_runs=True, budget=budget) as looker:
            assert np.array_equal(looker.look(*parts("Look:\n", PICTURE, DESCRIBE), limit=3), expected)

    def test_found_again(self) -> None:
        """Behind what is found of a prompt, copied from another slot or cut, they are those of one that is new."""
        with open_looker(even_runs=True) as looker:
            expected = looker.look(*parts("Look:\n", PICTURE, DESCRIBE))
        with open_looker(even_runs=True) as looker:
            looker.look(*parts("Look:\n", PICTURE, "\nWhat color is it?"), limit=9)
            sequence = looker.begin(looker.build(*parts("Look:\n", PICTURE, DESCRIBE)))
            [row] = looker.run()[sequence.request[1]]
        assert np.array_equal(row, expected[0])
        assert (sequence.num_cached or 0) > 4 + NUM_TOKENS

    def test_encoding(self, looker: Looker) -> None:
        """The same picture has the same vectors, with more threads too; other ones have others."""
        [[first], [again]] = (looker.projector.embed(picture_of(PICTURE)) for _ in range(2))
        assert first is again, "it is encoded once"
        other = Projector(PROJECTOR, looker.model, threads=2, longest=512, context=1024)
        [anew], [different] = (other.embed(picture_of(picture)) for picture in (PICTURE, OTHER))
        other.close()
        assert np.array_equal(first.rows, anew.rows) and first.names == anew.names
        assert first.rows.shape == (NUM_TOKENS, looker.projector.width)
        assert not np.array_equal(first.rows, different.rows) and set(first.names).isdisjoint(different.names)

    @pytest.mark.parametrize("size", [(1, 1), (1, 2000), (2000, 1), (80, 80), (79, 81), (1024, 768)])
    def test_any_size(self, looker: Looker, size: tuple[int, int]) -> None:
        """A picture may be as small, narrow or large as it wants."""
        [embedding] = looker.projector.embed(picture_of(Image.new("RGB", size, "red")))
        assert len(embedding.names) == NUM_TOKENS and np.isfinite(embedding.rows).all()

    def test_no_draft_has_a_picture(self, looker: Looker) -> None:
        """An answer is guessed from the texts before it only."""
        wake, compiler = threading.Event(), None  # nothing has a grammar
        intake = Intake(looker.builder, compiler, wake.set, context=512, looks_back=True)
        prompt = ("one two three", picture_of(PICTURE), "four five six")
        assert intake.put(0, Submit("1", prompt, Decoding(), Service())) is None, "a picture is encoded beside the loop"
        assert wake.wait(60)
        [(_, arrival)] = intake.take()
        [drafter] = arrival.drafters
        assert drafter
        assert drafter.prompt == [token for token in arrival.prompt.tokens if token >= 0]
        assert len(arrival.prompt.tokens) == len(drafter.prompt) + NUM_TOKENS


CONVERSATIONS: list[list[tuple[str, list[str | Image.Image]]]] = [
    [("user", [PICTURE, "Describe the picture."])],
    [("user", ["What is in the picture?", PICTURE])],
    [("user", [PICTURE])],
    [("user", ["First picture:", PICTURE, "Second picture:", OTHER, "Describe them."])],
    [
        ("user", [PICTURE, "Describe the picture."]),
        ("assistant", ["A purple square."]),
        ("user", ["And this?", OTHER]),
    ],
    [
        ("user", [PICTURE, OTHER, "Describe the pictures."]),
        ("assistant", ["A purple square, and a red square."]),
        ("user", ["And this?", THIRD]),
    ],
]
"""With these no two tokens of the answers are nearly as likely, which rounding could decide."""


@pytest.mark.parametrize("turns", CONVERSATIONS)
def test_greedy(ask: Ask, seer: PlainSeer, turns: list[tuple[str, list[str | Image.Image]]]) -> None:
    """At temperature 0 the answer is plain llama.cpp's, wherever in a conversation pictures are; four choices, and a
    stream, are no exception.
    """
    written = [
        (role, "\n".join(MARKER if not isinstance(part, str) else part for part in said)) for role, said in turns
    ]
    pictures = [part for _, said in turns for part in said if not isinstance(part, str)]
    expected = seer.answer(spell(*written), pictures, max_tokens=GREEDY["max_tokens"])
    messages = [user(*said) if role == "user" else {"role": role, "content": said[0]} for role, said in turns]
    answer = ask.both(messages=messages, **GREEDY)
    assert answer.only.text == expected
    assert ask.whole(messages=messages, n=4, **GREEDY).texts == [expected] * 4
    assert answer.usage["prompt_tokens_details"]["image_tokens"] == NUM_TOKENS * len(pictures)


def test_logprobs(ask: Ask, seer: PlainSeer) -> None:
    """They are of the model's distribution behind the picture."""
    fields = {"logprobs": True, "top_logprobs": 3, **GREEDY, "max_tokens": 6}
    answer = ask.both(messages=[user(PICTURE, "Describe the picture.")], **fields)
    row, logprobs = seer.compute(spell(("user", MARKER + DESCRIBE)), [PICTURE]), list[float]()
    for _ in range(6):
        likeliest = int(row.argmax())
        logprobs.append(float(-np.log(np.exp((row - row.max()).astype(np.float64)).sum())))
        row = seer.go_on(likeliest)
    assert [entry["logprob"] for entry in answer.only.logprobs or []] == pytest.approx(logprobs, abs=0.02)


def test_usage(ask: Ask, vocabulary: Vocabulary) -> None:
    """A picture is 25 tokens of the prompt; what is left is text, as many as without it."""
    usage = ask.whole(messages=[user(new_picture(), "Describe the picture.")], **GREEDY).usage
    details = usage["prompt_tokens_details"]
    assert (details["image_tokens"], details["audio_tokens"]) == (NUM_TOKENS, 0)
    assert details["text_tokens"] == len(vocabulary.prompt(("user", DESCRIBE))) == usage["prompt_tokens"] - NUM_TOKENS


def test_colour_and_shape(ask: Ask) -> None:
    """Of a hundred pictures that its projector was not trained on, the model tells both of at least ninety."""

    def is_right(drawn: tuple[Item, Image.Image]) -> bool:
        item, picture = drawn
        said = ask.whole(messages=[user(picture, "Describe the picture.")], **GREEDY).only.text
        return item.colour in said and item.shape in said

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(is_right, draw_held_out(100, 99))) >= 90


class TestCaching:
    def test_the_same_picture(self, ask: Ask) -> None:
        """Sent again it is found; another one, or somebody else's, is not."""
        picture, text = new_picture(), "Describe the picture."
        first = ask.whole(messages=[user(picture, text)], **GREEDY)
        again = ask.whole(messages=[user(picture, text)], **GREEDY)
        assert again.num_cached == first.usage["prompt_tokens"] - 2 and again == first
        changed = ask.whole(messages=[user(picture, "What color is it?")], **GREEDY)
        assert first.num_cached + NUM_TOKENS <= changed.num_cached < again.num_cached
        other = ask.whole(messages=[user(new_picture(), text)], **GREEDY)
        assert other.num_cached <= first.num_cached

    def test_other_tenants(self, ask: Ask, seeing: Server) -> None:
        """Another key finds nothing of it."""
        picture = new_picture()
        total = ask.whole(messages=[user(picture, "Describe it.")], **GREEDY).usage["prompt_tokens"]
        with open_ask(seeing, "two") as client:
            asking = Ask(client)
            asking.whole(messages=[user(new_picture(), "Describe it.")], **GREEDY)
            begins = asking.whole(messages=[user(picture, "Describe it.")], **GREEDY).num_cached
        assert begins < total - NUM_TOKENS

    def test_the_next_turn(self, ask: Ask) -> None:
        """A conversation goes on behind its pictures and answers."""
        turns = [user(new_picture(), "Describe the picture.")]
        first = ask.whole(messages=turns, **GREEDY)
        turns += [{"role": "assistant", "content": first.only.text}, user("And this?", new_picture())]
        second = ask.whole(messages=turns, **GREEDY)
        assert second.num_cached >= first.usage["prompt_tokens"]
        turns += [{"role": "assistant", "content": second.only.text}, user("Which one is larger?")]
        assert ask.whole(messages=turns, **GREEDY).num_cached >= second.usage["prompt_tokens"]

    def test_after_a_restart(self, folder: Path, tmp_path: Path) -> None:
        """With 24h it is found by the next process, which gives the same answer; another picture is not."""
        flags = (*SEEING, "--data-dir", str(tmp_path), "--flash-attention", "off", "--cpu-layout", "file")
        messages = [user("Look at this picture, and do it well.", PICTURE, "Describe the picture.")]
        other = [user("Look at this picture, and do it well.", OTHER, "Describe the picture.")]
        with serve(folder, *flags) as server, open_ask(server) as client:
            first = Ask(client).whole(messages=messages, prompt_cache_retention="24h", **GREEDY)
        with serve(folder, *flags) as server, open_ask(server) as client:
            asking = Ask(client)
            assert asking.whole(messages=other, **GREEDY).num_cached < first.usage["prompt_tokens"] - NUM_TOKENS
            again = asking.whole(messages=messages, **GREEDY)
        assert again.num_cached == first.usage["prompt_tokens"] - 2 and again == first


def bits(answer: Answer) -> list[list[tuple[str, float]]]:
    """Tokens of all choices with their exact log-probabilities."""
    return [
        [(entry["token"], entry["logprob"]) for entry in choice.logprobs or []]
        for _, choice in sorted(answer.choices.items())
    ]


class TestCompany:
    """With `--deterministic`, under which nothing that runs beside may change a bit."""

    def test_text_streams_and_pictures(self, ask_steady: Ask) -> None:
        """Eight streams of text and the answers about pictures among them are what they are alone."""
        fields = {**GREEDY, "logprobs": True}
        texts = [f"Tell me about the number {number}, and why you like it." for number in range(8)]
        looks = [[user(picture, "Describe the picture.")] for _, picture in draw_held_out(6, 5)]
        alone = [bits(ask_steady.streamed(text, **{**fields, **LONGER})) for text in texts]
        seen = [bits(ask_steady.whole(messages=messages, **fields)) for messages in looks]
        with ThreadPoolExecutor(14) as threads:
            streams = [threads.submit(ask_steady.streamed, text, **{**fields, **LONGER}) for text in texts]
            answers = [threads.submit(ask_steady.whole, messages=messages, **fields) for messages in looks]
            assert [bits(stream.result()) for stream in streams] == alone
            assert [bits(answer.result()) for answer in answers] == seen

    def test_new_or_known(self, ask_steady: Ask) -> None:
        """Choices, and a prompt that is known, have the same bits as one that is new."""
        fields = {**GREEDY, "logprobs": True}
        messages = [user("Look:", new_picture(), "Describe the picture.")]
        [first] = bits(ask_steady.whole(messages=messages, **fields))
        assert bits(ask_steady.whole(messages=messages, n=4, **fields)) == [first] * 4

    def test_flex_that_is_interrupted(self, ask_steady: Ask) -> None:
        """All slots are flex's; others come and take them; what was said about a picture goes on as if nothing was."""
        fields = {**GREEDY, **LONGER, "logprobs": True}
        looks = [[user(picture, "Describe the picture.")] for _, picture in draw_held_out(9, 6)]
        alone = [bits(ask_steady.whole(messages=messages, **fields)) for messages in looks]
        with ThreadPoolExecutor(15) as threads:
            flex = [
                threads.submit(ask_steady.whole, messages=messages, service_tier="flex", **fields) for messages in looks
            ]
            for _ in range(3):
                list(threads.map(lambda text: ask_steady.whole(text, max_tokens=3), ["Hi", "Hello", "Yes"]))
            assert [bits(answer.result()) for answer in flex] == alone


TOOL = {
    "type": "function",
    "function": {
        "name": "report",
        "description": "Report what is in the picture.",
        "parameters": {
            "type": "object",
            "properties": {"color": {"enum": sorted(COLOURS)}},
            "required": ["color"],
            "additionalProperties": False,
        },
    },
}


def test_a_tool_call(ask: Ask) -> None:
    """Beside a picture arguments follow the schema as ever, whole and streamed."""
    answer = ask.both_known(
        messages=[user(PICTURE, "Report it.")], tools=[TOOL], tool_choice="required", **GREEDY | LONGER
    )
    [(name, arguments)] = answer.only.called
    assert name == "report" and json.loads(arguments)["color"] in COLOURS
    assert answer.usage["prompt_tokens_details"]["image_tokens"] == NUM_TOKENS


def test_a_response_format(ask: Ask) -> None:
    """What it sees is told in JSON that follows the schema."""
    schema = {"name": "seen", "strict": True, "schema": TOOL["function"]["parameters"]}
    fields = {"response_format": {"type": "json_schema", "json_schema": schema}, **GREEDY, **LONGER}
    answer = ask.both_known(messages=[user(PICTURE, "What color is the shape?")], **fields)
    assert json.loads(answer.only.text) == {"color": ITEM.colour}


MARKERS = f"{MARKER} <image> [IMG] <|image_pad|> <start_of_image> \U00030000 \U00030001 \ufdd0 \U0002a600"
"""What stands for pictures somewhere."""


class TestSmuggling:
    def test_text_alone(self, ask: Ask, vocabulary: Vocabulary) -> None:
        """A text that has what stands for pictures is a text."""
        text = f"{MARKERS}\nWhat is 2+2?"
        prompt = vocabulary.prompt(("user", text))
        answer = ask.whole(text, temperature=0, max_tokens=8)
        assert answer.usage["prompt_tokens"] == len(prompt)
        assert answer.usage["prompt_tokens_details"]["image_tokens"] == 0
        with load_plain() as plain:
            assert answer.only.text == answer_greedily(plain, prompt, max_tokens=8)

    def test_beside_a_picture(self, ask: Ask, vocabulary: Vocabulary) -> None:
        """Also where the conversation has one, which is seen once, in its place."""
        answer = ask.whole(messages=[user(MARKERS, PICTURE, MARKERS)], **GREEDY)
        text = len(vocabulary.prompt(("user", f"{MARKERS}\n"))) + len(vocabulary.tokens(f"\n{MARKERS}"))
        details = answer.usage["prompt_tokens_details"]
        assert (details["text_tokens"], details["image_tokens"]) == (text, NUM_TOKENS)

    def test_in_a_system_prompt_and_in_an_answer(self, ask: Ask, vocabulary: Vocabulary) -> None:
        """Whoever says it."""
        turns = [("user", "Hi"), ("assistant", MARKERS), ("user", "Go on.")]
        messages = [{"role": role, "content": text} for role, text in (("system", MARKERS), *turns)]
        assert ask.whole(messages=messages, **GREEDY).usage["prompt_tokens"] == len(
            vocabulary.prompt(*turns, system=MARKERS)
        )


def test_a_model_that_does_not_see(server: Server) -> None:
    """It says so, and where the picture was."""
    body = {"model": MODEL, "messages": [user(PICTURE, "Describe it.")]}
    answer = httpx.post(f"{server.url}/v1/chat/completions", json=body, timeout=60)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "messages[0].content[0].type")


def test_many_pictures(ask: Ask) -> None:
    """Forty in a message are all seen."""
    usage = ask.whole(messages=[user(*(picture for _, picture in draw_held_out(40, 3)))], max_tokens=1).usage
    assert usage["prompt_tokens_details"]["image_tokens"] == 40 * NUM_TOKENS
