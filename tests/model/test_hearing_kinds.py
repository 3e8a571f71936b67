"""Models that hear, by tiny ones of random weights: logits are those of llama.cpp's own helper, and a server whose
model hears takes recordings as they are.
"""

import base64
import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from numpy.typing import NDArray
from PIL import Image

from antiphon.dialect.medium import RATE, Recording
from antiphon.engine.llama.senses.embedding import Embedding
from antiphon.engine.llama.senses.projector import SHORTEST_S, Unprojectable, weigh
from tests.model.ask import Answer, Ask
from tests.model.looking import open_looker
from tests.model.pictures import draw_held_out, user
from tests.model.plain_seeing import MARKER, load_seer
from tests.model.processes import Server, serve
from tests.model.tiny_hearing import GRID_TOKENS, LINE_TOKENS, build_grid, build_line
from tests.model.tiny_seeing import Files

KINDS = ("line", "grid")
TOLERANCE = 1e-3
"""Of the largest logit: what rounding does in runs of other lengths."""
MARKS = 7 + 8
"""Tokens of what stands around recordings for Qwen2-Audio, of which this vocabulary knows nothing."""
CONTEXT = 2048
Pieces = list[str | Recording | Image.Image]
Samples = NDArray[np.float32]


def play(duration_s: float, seed: int = 0) -> Samples:
    """A sound that grows and falls, with noise."""
    at = np.arange(round(duration_s * RATE)) / RATE
    noise = np.random.default_rng(seed).normal(size=len(at)) * 0.05
    return (np.sin(2 * np.pi * (200 + 90 * seed) * at) * np.sin(np.pi * at) ** 2 * 0.5 + noise).astype(np.float32)


def record(samples: Samples) -> Recording:
    """As a request has it."""
    return Recording(samples.tobytes(), digest=f"{hash(samples.tobytes())}")


ONE, OTHER, LONG = record(play(2, 1)), record(play(3, 2)), record(play(31, 3))
PICTURE = draw_held_out(1, 21)[0][1].resize((80, 48))
LAYOUTS: dict[str, list[Pieces]] = {
    "line": [["Listen to this:", ONE, "What is it?"], [OTHER, "and", ONE, "What is it?"], ["Long:", LONG, "What?"]],
    "grid": [["Listen to this:", ONE, "What is it?"], [OTHER, "and", PICTURE], [PICTURE, "and", ONE, "What is it?"]],
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Files]:
    folder = tmp_path_factory.mktemp("hearing")
    return {"line": build_line(folder), "grid": build_grid(folder)}


def check_close(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> None:
    assert np.abs(ours - theirs).max() <= TOLERANCE * np.abs(theirs).max()


def expect(files: Files, pieces: Pieces, tokens: list[int]) -> NDArray[np.float32]:
    """Logits behind a prompt, and behind each of these tokens, by the helper."""
    shown = [
        np.frombuffer(piece.samples, np.float32) if isinstance(piece, Recording) else piece
        for piece in pieces
        if not isinstance(piece, str)
    ]
    text = "".join(piece if isinstance(piece, str) else MARKER for piece in pieces)
    with load_seer(*files) as seer:
        return np.stack([seer.compute(text, shown), *map(seer.go_on, tokens)])


@pytest.mark.parametrize(("kind", "pieces"), [(kind, pieces) for kind in KINDS for pieces in LAYOUTS[kind]])
def test_they_are_the_helpers(files: dict[str, Files], kind: str, pieces: Pieces) -> None:
    """To the last bit, also where a recording is more than one pass computes, and beside a picture."""
    with open_looker(*files[kind]) as looker:
        rows = looker.look(*pieces, limit=4)
    assert np.array_equal(rows, expect(files[kind], pieces, [int(row.argmax()) for row in rows[:-1]]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("budget", [7, 64])
def test_runs_of_even_length(files: dict[str, Files], kind: str, budget: int) -> None:
    """In small steps; what fills them up is heard by nothing, and gone afterwards."""
    pieces = LAYOUTS[kind][1]
    with open_looker(*files[kind], even_runs=True, budget=budget) as looker:
        rows = looker.look(*pieces, limit=3)
    check_close(rows, expect(files[kind], pieces, [int(row.argmax()) for row in rows[:-1]]))


@pytest.mark.parametrize("kind", KINDS)
def test_recordings_matter(files: dict[str, Files], kind: str) -> None:
    """A random model tells them apart: else nothing here would show anything."""
    with open_looker(*files[kind]) as looker:
        one, other = (looker.look("a", heard, "b")[0] for heard in (ONE, OTHER))
    assert np.abs(one - other).max() > 10 * TOLERANCE * np.abs(one).max()


@pytest.mark.parametrize(("kind", "count"), [("line", LINE_TOKENS), ("grid", GRID_TOKENS)])
def test_names(files: dict[str, Files], kind: str, count: int) -> None:
    """Every half minute is a part of its own. The same recording has the same names, which nothing else has."""
    with open_looker(*files[kind]) as looker:
        parts = [insert for insert in looker.projector.embed(LONG) if isinstance(insert, Embedding)]
        names = [[part.names for part in looker.projector.embed(each) if isinstance(part, Embedding)]
                 for each in (ONE, ONE, OTHER)]  # fmt: skip
    assert [len(part.names) for part in parts] == [count, count]
    assert names[0] == names[1] and [len(part) for part in names[0]] == [count]
    told = [*names[0], *names[2], *(part.names for part in parts)]
    assert len(set().union(*told)) == 4 * count


@pytest.mark.parametrize("kind", KINDS)
def test_found_again(files: dict[str, Files], kind: str) -> None:
    """What was heard is not computed again, and what comes behind it is as if it had been."""
    before: Pieces = ["A text that stands before it.", ONE, "It was said."]
    with open_looker(*files[kind]) as looker:
        looker.look(*before, "What was it?")
        sequence = looker.begin(looker.build(*before, "And who?"), limit=3)
        rows = np.stack(looker.run()[sequence.request[1]])
        assert (sequence.num_cached or 0) > len(looker.build(*before).tokens) - 3
    check_close(rows, expect(files[kind], [*before, "And who?"], [int(row.argmax()) for row in rows[:-1]]))


def test_what_fits_no_context(files: dict[str, Files]) -> None:
    """It is counted, to be refused, and not encoded; kept it weighs something all the same."""
    with open_looker(*files["grid"]) as looker:
        prompt = looker.build(LONG)
    assert prompt.num_audio == len(prompt.tokens) == 2 * GRID_TOKENS + MARKS
    embeddings = [placed.embedding for placed in prompt.placement.placed]
    assert [len(embedding.rows) for embedding in embeddings] == [0, 0]
    assert all(weigh(embedding) > 8 * GRID_TOKENS for embedding in embeddings)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("num_samples", [0, 1, 2, round(SHORTEST_S * RATE) - 1])
def test_too_short(files: dict[str, Files], kind: str, num_samples: int) -> None:
    """It is refused, before mtmd ends the process for it; the least that is heard is a tenth of a second."""
    with open_looker(*files[kind]) as looker:
        with pytest.raises(Unprojectable, match="is too short"):
            looker.projector.embed(record(play(num_samples / RATE)))
        assert looker.build(record(play(SHORTEST_S))).num_audio


@pytest.fixture(scope="module")
def hearing(folder: Path, files: dict[str, Files]) -> Iterator[Server]:
    """A server whose model hears, and that has nobody who writes down what is said."""
    model, projector = files["grid"]
    with serve(folder, "--model", f"ears={model}+mmproj={projector}", "--context", str(CONTEXT)) as server:
        yield server


@pytest.fixture(scope="module")
def ask(hearing: Server) -> Iterator[Ask]:
    with openai.OpenAI(base_url=f"{hearing.url}/v1", api_key="unused", max_retries=0) as client:
        yield Ask(client)


def build_fields(samples: Samples, *further: Any, question: str = "What is it?", **fields: Any) -> dict[str, Any]:
    """A request with a recording, and further parts. The answer is nonsense, so a short one is enough."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    heard = {"data": base64.b64encode(file.getvalue()).decode(), "format": "wav"}
    content = [{"type": "input_audio", "input_audio": heard}, *further, {"type": "text", "text": question}]
    messages = [{"role": "user", "content": content}]
    return {"model": "ears", "messages": messages, "temperature": 0, "max_tokens": 6, **fields}


def audio_tokens(answer: Answer) -> int:
    count: int = answer.usage["prompt_tokens_details"]["audio_tokens"]
    return count


def test_it_says_that_it_hears(hearing: Server) -> None:
    """`/v1/models` tells of the model what it takes."""
    [model] = httpx.get(f"{hearing.url}/v1/models").json()["data"]
    assert model["input_modalities"] == ["text", "image", "audio"]


def test_usage(ask: Ask) -> None:
    """What the projector made of it is counted, and found when the recording comes again; another is another."""
    first = ask.whole(**build_fields(play(2, 4)))
    again = ask.whole(**build_fields(play(2, 4), question="Who said it?"))
    other = ask.whole(**build_fields(play(2, 5)))
    assert [audio_tokens(answer) for answer in (first, again, other)] == [GRID_TOKENS + MARKS] * 3
    assert first.usage["prompt_tokens"] > GRID_TOKENS + MARKS
    assert first.num_cached < GRID_TOKENS <= again.num_cached < again.usage["prompt_tokens"]
    assert other.num_cached < GRID_TOKENS


@pytest.mark.parametrize(
    ("samples", "parts"),
    [(np.zeros(RATE, np.float32), 1), (play(SHORTEST_S, 6), 1), (play(31, 7), 2)],
    ids=["silence", "short", "long"],
)
def test_heard(ask: Ask, samples: Samples, parts: int) -> None:
    """Silence, a tenth of a second, and more than the encoder hears at once."""
    answer = ask.whole(**build_fields(samples))
    assert audio_tokens(answer) == parts * GRID_TOKENS + MARKS
    assert answer.only.finish in ("stop", "length")


@pytest.mark.parametrize(
    ("samples", "code", "param"),
    [
        (play(SHORTEST_S / 2), "invalid_audio", "messages[0].content[0].input_audio.data"),
        (play(1 / RATE), "invalid_audio", "messages[0].content[0].input_audio.data"),
        (play(61), "context_length_exceeded", "messages"),
    ],
    ids=["shorter", "a sample", "longer"],
)
def test_refused(hearing: Server, ask: Ask, samples: Samples, code: str, param: str) -> None:
    """What is too short or too long is told so, and the worker lives on."""
    worker = hearing.worker
    with pytest.raises(openai.BadRequestError) as refusal:
        ask.whole(**build_fields(samples))
    assert (refusal.value.code, refusal.value.param) == (code, param)
    assert hearing.worker == worker
    assert audio_tokens(ask.whole(**build_fields(play(2, 4))))


def test_beside_a_picture(ask: Ask) -> None:
    """What is heard and what is seen are counted apart."""
    answer = ask.whole(**build_fields(play(2, 9), *user(PICTURE)["content"]))
    assert audio_tokens(answer) == GRID_TOKENS + MARKS
    assert 15 <= answer.usage["prompt_tokens_details"]["image_tokens"] < 40


def test_choices_and_streams(ask: Ask) -> None:
    """Two choices, whole and streamed, of a prompt that is known."""
    answer = ask.both_known(**build_fields(play(2, 8)), n=2, logprobs=True)
    assert answer.texts[0] == answer.texts[1] and audio_tokens(answer) == GRID_TOKENS + MARKS
