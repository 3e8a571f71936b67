"""How many tokens a spoken answer counts: one for each 50 ms of it that has begun, as OpenAI counts what an assistant
says (https://platform.openai.com/docs/guides/realtime-costs: audio of users counts one for each 100 ms). Pure.
"""

import math

PER_SECOND = 20


def audio_tokens(duration_s: float) -> int:
    """Of an answer that sounds so long. A millionth of a token is a rounding error of floating point, no token."""
    return max(0, math.ceil(round(duration_s * PER_SECOND, 6)))
