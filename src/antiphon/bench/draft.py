"""What a prediction gains: one answer again and again, in turn without and with itself as `prediction`."""

from collections.abc import Callable

from antiphon.bench.asker import Asker, Pace
from antiphon.bench.budget import Budget
from antiphon.bench.figures import Draft, compute_draft
from antiphon.bench.reply import Reply

PROMPT_TOKENS = 100
ANSWER_TOKENS = 100
FEWEST_TOKENS = 16
"""Of an answer that can show anything."""
MOST_PAIRS = 3
MOST_TRIES = 3


async def measure_draft(
    asker: Asker, budget: Budget, pace: Pace, *, tell: Callable[[float], object]
) -> tuple[Draft | None, str]:
    """The figures, or the sentence why there are none."""
    answer_tokens = min(ANSWER_TOKENS, int(pace.written_per_s * budget.left_s / 3))
    if answer_tokens < FEWEST_TOKENS:
        return None, budget.refuse("A prediction", 3 * FEWEST_TOKENS / pace.written_per_s)
    prompt, said = await find_answer(asker, answer_tokens)
    if said.error:
        return None, f"The answer to predict failed: {said.error.rstrip('.')}."
    plain, predicted = list[Reply](), list[Reply]()
    prediction = {"type": "content", "content": said.text}
    for pair in range(MOST_PAIRS):
        if pair and not budget.fits(2 * said.took_s):
            break
        plain.append(await asker.ask(prompt, answer_tokens))
        predicted.append(await asker.ask(prompt, answer_tokens, prediction=prediction))
        tell((pair + 1) / MOST_PAIRS)
    return compute_draft(plain, predicted), ""


async def find_answer(asker: Asker, answer_tokens: int) -> tuple[str, Reply]:
    """A prompt and its answer, which is not too short if one can be found. Now the prompt is in the cache."""
    for _ in range(MOST_TRIES):
        prompt = asker.build_prompt(PROMPT_TOKENS)
        said = await asker.ask(prompt, answer_tokens)
        if not said.error and said.output_tokens >= FEWEST_TOKENS:
            break
    return prompt, said
