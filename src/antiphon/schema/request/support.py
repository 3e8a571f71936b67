"""What becomes of each field of a request: the one table of it, which the README shows.

A field is *honoured*. Where it needs something that the model's engine does not have, it is either a *hint*, which is
accepted and named in the response header `antiphon-ignored`, or it is *not available*, which is a 400 that says what
to do. Fields that are not in the table share the fate of the one they stand in.
"""

from dataclasses import dataclass
from typing import Any

from antiphon.capability import Capability


@dataclass(frozen=True, kw_only=True)
class Support:
    """One row. effect: what the field does. needs: what the engine must have for it, and then what happens without:
    it is ignored as a hint, or refused, and `instead` says what to do. asks_nothing: values, as JSON, that are the
    same as leaving the field out.
    """

    effect: str
    needs: Capability | None = None
    hint: bool = False
    asks_nothing: tuple[Any, ...] = ()
    instead: str = ""


TABLE: dict[str, Support] = {
    "messages": Support(effect="The conversation so far: all six roles, text, names, tool calls and their results."),
    "messages[].content[].image_url": Support(
        effect="An image for a model that sees, in a data URL, or fetched (`--allow-media-urls`).",
        needs="images",
        instead="Describe the image in words.",
    ),
    "messages[].content[].input_audio": Support(
        effect="A recording: heard by a model that can, else written out (`antiphon[transcribe]`) and marked as speech."
        " What it is, its content says; `format` need not be right."
    ),
    "messages[].content[].file": Support(
        effect="A PDF, Word, HTML or text file, uploaded or in base64: its text, and for a model that sees pictures of"
        " a PDF's pages, up to 16."
    ),
    "messages[].content[].prompt_cache_breakpoint": Support(
        effect="The prompt up to here is kept for later requests.", needs="prompt_caching", hint=True
    ),
    "messages[].audio": Support(effect="A spoken answer of the last hour, by its id: what was said in it."),
    "messages[].annotations": Support(
        effect="Citations of an answer of before, whose text has them already.",
        needs="web_search",
        hint=True,
        asks_nothing=([],),
    ),
    "messages[].reasoning_content": Support(
        effect="Extension, also as `reasoning`: what the model thought before it spoke.",
        needs="reasoning_content",
        hint=True,
    ),
    "model": Support(effect="A model that this server has, or an alias of one."),
    "max_completion_tokens": Support(effect="Most tokens of one choice; the end of the context without it."),
    "max_tokens": Support(effect="Deprecated twin of `max_completion_tokens`; both must agree."),
    "temperature": Support(effect="From 0 to 2, default 1; 0 takes the likeliest token."),
    "top_p": Support(effect="From 0 to 1, default 1; nucleus sampling, after temperature."),
    "n": Support(effect="From 1 to 128, default 1; choices computed side by side."),
    "seed": Support(effect="Same seed, same request, same draws, whatever else runs; without it every choice varies."),
    "stop": Support(effect="Up to 4 strings, of 1024 characters at most, that end a choice and are not part of it."),
    "presence_penalty": Support(effect="From -2 to 2; taken off the logit of every token that the choice has already."),
    "frequency_penalty": Support(
        effect="From -2 to 2; taken off the logit of a token once for each time that the choice has it."
    ),
    "logit_bias": Support(
        effect="From -100 to 100; added to the logits of these token ids of the model, 1024 at most."
    ),
    "logprobs": Support(effect="Log-probability of each token, of the model's distribution after `logit_bias`."),
    "top_logprobs": Support(effect="From 0 to 20; the likeliest tokens at each position. Needs `logprobs`."),
    "top_k": Support(
        effect="Extension: only the k likeliest tokens; 0 and -1 mean all.",
        needs="token_filters",
        asks_nothing=(0, -1),
        instead="Use 'top_p'.",
    ),
    "min_p": Support(
        effect="Extension: only tokens with this share of the likeliest one's probability.",
        needs="token_filters",
        asks_nothing=(0,),
        instead="Use 'top_p'.",
    ),
    "stream": Support(effect="Server-sent events, one chunk per token and choice."),
    "stream_options": Support(
        effect="`include_usage`: a last chunk with usage. `include_obfuscation` (default true): chunks padded to like"
        " sizes."
    ),
    "metadata": Support(
        effect="Up to 16 pairs of strings; they come back with the completion, and are written to the log. A stored"
        " completion can be found by them."
    ),
    "store": Support(
        effect="Keeps the completion with its parameters and messages before the answer ends; default false."
    ),
    "user": Support(effect="Deprecated. Your user's identifier; written to the log with the request."),
    "safety_identifier": Support(effect="Your user's identifier, hashed; written to the log with the request."),
    "verbosity": Support(effect="`low` and `high` become an instruction at the end of the system prompt."),
    "reasoning_effort": Support(
        effect="Reaches the template of a model that reasons.",
        needs="reasoning_effort",
        hint=True,
        asks_nothing=("none",),
    ),
    "service_tier": Support(
        effect="`priority` (also `fast`) goes before `default` (also `auto` and `scale`), and `flex` takes what they"
        " leave: it is interrupted for them, goes on later, and may be refused with 429. It names the tier used.",
        needs="service_tiers",
        hint=True,
        asks_nothing=("auto", "default"),
    ),
    "tools": Support(
        effect="Functions and custom tools that the model may call. With `strict` arguments follow their schema in all"
        " it says, or 400; without they are JSON all the same, and follow as much of it as can be enforced. Custom"
        " tools' inputs are free text, or match their Lark grammar or regular expression. Arguments stand on one line"
        " with `, ` and `: `, keys in the schema's order.",
        needs="tools",
        asks_nothing=([],),
        instead="Describe them in a system message and read the call out of the answer's text.",
    ),
    "tool_choice": Support(
        effect="`auto`, `none`, `required`, a function's or custom tool's name, or `allowed_tools`: no other call can"
        " come. A named tool is called once, and the choice finishes with `stop`; after other calls with `tool_calls`.",
        needs="tools",
        instead="Leave it out with 'tools'.",
    ),
    "parallel_tool_calls": Support(
        effect="Default true: up to 32 calls in one answer, where a model's form of calls has several. `false`: one.",
        needs="tools",
        instead="Leave it out with 'tools'.",
    ),
    "functions": Support(
        effect="Deprecated form of `tools`, as if not `strict`. One call in an answer, as `function_call`.",
        needs="tools",
        instead="Describe them in a system message and read the call out of the answer's text.",
    ),
    "function_call": Support(
        effect="Deprecated form of `tool_choice`: `auto`, `none`, or a name. A named function's call finishes with"
        " `stop`, others with `function_call`.",
        needs="tools",
        instead="Leave it out with 'functions'.",
    ),
    "response_format": Support(
        effect="Text, a JSON object, or JSON that follows a schema in all it says; what cannot be enforced is 400 with"
        " its place, and with `strict` what is not in OpenAI's subset, too. JSON stands on one line with `, ` and `: `,"
        " keys in the schema's order. Beside `tools` it says what an answer is that is no call.",
        needs="structured_output",
        asks_nothing=({"type": "text"},),
        instead="Ask for JSON in a message and check what comes.",
    ),
    "prediction": Support(
        effect="Makes a predictable answer faster; its distribution stays the same. The text does to the last bit with"
        " `--deterministic`, else up to rounding. Tokens of it that were tried are counted as accepted or rejected.",
        needs="prediction",
        hint=True,
    ),
    "prompt_cache_key": Support(
        effect="Groups requests that begin alike: they share computed prompts with each other only, which stay longer.",
        needs="prompt_grouping",
        hint=True,
    ),
    "prompt_cache_options": Support(
        effect="`mode`: `implicit` (default) keeps all prompts as far as there is room, `explicit` only what lies"
        " before a breakpoint. `ttl`: stays so long at least, as far as half of the room goes.",
        needs="prompt_caching",
        hint=True,
        asks_nothing=({},),
    ),
    "prompt_cache_retention": Support(
        effect="`in_memory` (default) keeps prompts as long as the server runs, `24h` on disk, too.",
        needs="prompt_storage",
        hint=True,
        asks_nothing=("in_memory",),
    ),
    "modalities": Support(
        effect='`["text"]` (default), or `["text", "audio"]`: what the model says is spoken while it is written, in'
        " English (`antiphon[speech]`)."
    ),
    "audio": Support(
        effect="Voice and format of a spoken answer; `mp3`, `opus` and `aac` need `antiphon[av]`. A second counts 20"
        " tokens, which `max_completion_tokens` does not limit."
    ),
    "moderation": Support(
        effect="Request and answer are moderated.", needs="moderation", instead="Moderate on your side."
    ),
    "web_search_options": Support(
        effect="The web is searched for the answer.",
        needs="web_search",
        instead="Search on your side and put what you find into a message.",
    ),
}
