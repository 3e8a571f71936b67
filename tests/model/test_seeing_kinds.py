"""Models whose pictures share positions, or whose tokens of a picture see each other, by tiny ones of random weights:
logits are those of llama.cpp's own helper, whatever is found, cut, copied, kept, or computed beside.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import pytest
from PIL import Image

from antiphon.engine.llama.runner import Logits, Run
from antiphon.engine.llama.senses.embedding import Embedding, Placed
from tests.model.looking import Looker, open_looker, picture_of
from tests.model.pictures import draw_held_out
from tests.model.plain_seeing import MARKER, load_seer
from tests.model.tiny_seeing import GEMMA_TOKENS, Files, build_gemma, build_qwen

KINDS = ("qwen", "gemma", "gemma with a window")
CAN_CUT = KINDS[:2]
Pieces = list[str | int | Image.Image]
Expect = Callable[[Pieces, list[int]], Logits]
WIDE, HIGH, LARGE = (
    picture.resize(size)
    for size, (_, picture) in zip(((80, 48), (48, 112), (240, 160)), draw_held_out(3, 21), strict=True)
)
LAYOUTS: list[Pieces] = [
    ["Look at this:", WIDE, "What is it? Tell me."],
    [HIGH, "What is it? Tell me."],
    ["One", WIDE, "and another", HIGH, "and", LARGE, "in the end."],
    [HIGH, WIDE, HIGH, "three"],
]
LONG = "A text that is long enough to be kept aside. " * 6
TOLERANCE = 1e-3
"""Of the largest logit: what rounding does in runs of other lengths."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Files]:
    folder = tmp_path_factory.mktemp("tiny")
    made = (build_qwen(folder), build_gemma(folder), build_gemma(folder, window=24))
    return dict(zip(KINDS, made, strict=True))


@pytest.fixture
def expected(files: dict[str, Files], kind: str) -> Iterator[Expect]:
    """Logits behind a prompt, and behind each of these tokens, by the helper."""
    with load_seer(*files[kind]) as seer:

        def compute(pieces: Pieces, tokens: list[int]) -> Logits:
            pictures = [piece for piece in pieces if isinstance(piece, Image.Image)]
            text = "".join(piece if isinstance(piece, str) else MARKER for piece in pieces)
            return np.stack([seer.compute(text, pictures), *map(seer.go_on, tokens)])

        yield compute


def open_kind(files: dict[str, Files], kind: str, **changes: int) -> AbstractContextManager[Looker]:
    return open_looker(*files[kind], **changes)


def check_close(ours: Logits, theirs: Logits) -> None:
    assert np.abs(ours - theirs).max() <= TOLERANCE * np.abs(theirs).max()


def likeliest(rows: Logits) -> list[int]:
    """What was said behind each but the last."""
    return [int(row.argmax()) for row in rows[:-1]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pieces", LAYOUTS)
def test_they_are_the_helpers(files: dict[str, Files], kind: str, expected: Expect, pieces: Pieces) -> None:
    """To the last bit, where the prompt is computed as the helper does it."""
    with open_kind(files, kind) as looker:
        rows = looker.look(*pieces, limit=5)
    assert np.array_equal(rows, expected(pieces, likeliest(rows)))


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_matter(files: dict[str, Files], kind: str) -> None:
    """A random model tells pictures apart, and where they are: else nothing here would show anything."""
    layouts: list[Pieces] = [["a", WIDE, "b", HIGH, "c"], ["a", HIGH, "b", WIDE, "c"], ["a", WIDE, "b", WIDE, "c"]]
    with open_kind(files, kind) as looker:
        rows = [looker.look(*pieces)[0] for pieces in layouts]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(rows[one] - rows[other]).max() > 10 * TOLERANCE * np.abs(rows[one]).max()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("budget", [3, 8, 20])
def test_divided(files: dict[str, Files], kind: str, expected: Expect, budget: int) -> None:
    """In small steps; a picture that is seen as a whole is never divided."""
    with open_kind(files, kind, budget=budget) as looker:
        rows = looker.look(*LAYOUTS[2], limit=3)
    check_close(rows, expected(LAYOUTS[2], likeliest(rows)))


@pytest.mark.parametrize("kind", CAN_CUT)
@pytest.mark.parametrize("budget", [3, 8, 512])
def test_runs_of_even_length(files: dict[str, Files], kind: str, expected: Expect, budget: int) -> None:
    """What fills runs up is seen by nothing, and gone afterwards."""
    with open_kind(files, kind, budget=budget, even_runs=True) as looker:
        rows = looker.look(*LAYOUTS[2], limit=3)
    check_close(rows, expected(LAYOUTS[2], likeliest(rows)))


@pytest.mark.parametrize("kind", KINDS)
def test_together(files: dict[str, Files], kind: str, expected: Expect) -> None:
    """Four prompts at once, whose pictures come at the same time and have different sizes."""
    with open_kind(files, kind) as looker:
        sequences = [looker.begin(looker.build(*pieces), limit=3) for pieces in LAYOUTS]
        rows = looker.run()
    for sequence, pieces in zip(sequences, LAYOUTS, strict=True):
        ours = np.stack(rows[sequence.request[1]])
        check_close(ours, expected(pieces, likeliest(ours)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("behind", [["and", HIGH, "then this."], ["and then that."], ["and", WIDE, "then this."]])
def test_found_again(files: dict[str, Files], kind: str, expected: Expect, behind: Pieces) -> None:
    """In its slot, cut behind a picture; in another one, from which it is copied; and kept aside, from where it comes
    back.
    """
    before: Pieces = [LONG, WIDE, LONG, HIGH]
    with open_kind(files, kind) as looker:
        looker.look(*before, "and what was it?", limit=4)
        for others in ([], ["Something else. " * 20] * 3, ["Something different. " * 20] * 8):
            waiting = [looker.begin(looker.build(text), limit=2) for text in others]
            sequence = looker.begin(looker.build(*before, *behind), limit=3)
            rows = np.stack(looker.run()[sequence.request[1]])
            check_close(rows, expected([*before, *behind], likeliest(rows)))
            found = sequence.num_cached or 0
            assert all(other.finish for other in waiting)
            assert found > len(looker.build(*before).tokens) - 3 or not looker.model.can_cut


@pytest.mark.parametrize("kind", CAN_CUT)
def test_on_disk(files: dict[str, Files], kind: str, expected: Expect) -> None:
    """A state that was saved is that of another process, which goes on behind its pictures."""
    pieces = LAYOUTS[2]
    with open_kind(files, kind) as looker:
        prompt = looker.build(*pieces)
        looker.look(*pieces, limit=3)
        held = looker.cache.slots[0]
        state = looker.runner.save(0, prompt.placement.num_positions(len(held.tokens)))
    with open_kind(files, kind) as other:
        assert other.runner.load(state, 2)
        other.cache.slots[2] = held
        sequence = other.begin(other.build(*pieces), limit=3)
        rows = np.stack(other.run()[sequence.request[1]])
        assert sequence.num_cached == len(prompt.tokens) - 2
    check_close(rows, expected(pieces, likeliest(rows)))


def test_positions(files: dict[str, Files]) -> None:
    """A picture on a grid takes as many positions as its longer side has columns; one on a line as it has tokens."""
    with open_kind(files, "qwen") as looker:
        prompt = looker.build(WIDE)
        [placed] = prompt.placement.placed
        assert len(placed.embedding.names) == 15 and prompt.num_image == len(prompt.tokens) > 15
        assert prompt.placement.num_positions(len(prompt.tokens)) == len(prompt.tokens) - 15 + 5
        assert placed.embedding.grid and placed.embedding.grid.at(7)[-1].tolist() == [7, 9, 11, 0]
    with open_kind(files, "gemma") as looker:
        prompt = looker.build(WIDE)
        [placed] = prompt.placement.placed
        assert len(placed.embedding.names) == GEMMA_TOKENS and placed.embedding.whole
        assert prompt.placement.num_positions(len(prompt.tokens)) == len(prompt.tokens)


def test_whole_pictures_of_different_sizes(files: dict[str, Files]) -> None:
    """In one step each is seen as a whole, which a pass over both would not do: it ends where the shorter one does."""
    with open_kind(files, "gemma") as looker:
        [long] = [insert for insert in looker.projector.embed(picture_of(WIDE)) if isinstance(insert, Embedding)]
        short = long._replace(names=long.names[:9], rows=long.rows[:9])
        shown = [Placed(0, embedding).show(0, len(embedding.names), 0) for embedding in (short, long, short)]
        runs = [Run(slot, 0, [], 0, shown=each) for slot, each in enumerate(shown)]
        behind = [Run(slot, len(each.rows), [5, 6], 1) for slot, each in enumerate(shown)]
        alone = []
        for run, text in zip(runs, behind, strict=True):
            looker.runner.decode([run])
            alone.append(looker.runner.decode([text]).copy())
            looker.runner.cut(run.slot, 0)
        looker.runner.decode(runs)
        check_close(looker.runner.decode(behind), np.concatenate(alone))
