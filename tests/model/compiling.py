"""The bundled model's vocabulary as the worker has it, and a process of its own with a sandbox and a compiler.

A process of its own, because a sandbox must be made while there are no other threads.
"""

import json
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from antiphon.dialect.grammar.grammar import Grammar, Part
from antiphon.engine.llama.binding import lib
from antiphon.engine.llama.compiler import Compiler, Refused
from antiphon.engine.llama.sandbox import Sandbox, Verdict
from antiphon.engine.llama.tokenizer import Tokenizer
from antiphon.engine.llama.vocabulary import build_vocabulary
from tests.model.plain import bundled_model

Result = TypeVar("Result")
SCHEMA, INPUT = "response_format.json_schema.schema", "tools[0].custom.format.grammar.definition"


@contextmanager
def load_tokenizer() -> Iterator[Tokenizer]:
    """Without weights."""
    params = lib.llama_model_default_params()
    params.vocab_only = True
    model = lib.llama_model_load_from_file(str(bundled_model()).encode(), params)
    yield Tokenizer(lib.llama_model_get_vocab(model))
    lib.llama_model_free(model)


def json_part(schema: Any, name: str = "r", place: str = SCHEMA, *, loose: bool = False) -> Part:
    """A schema of a request."""
    guidance = {"x-guidance": {"whitespace_flexible": False}}
    return Part(name, "json", json.dumps({**guidance, **schema}), place, loose)


def json_grammar(schema: Any) -> Grammar:
    """An answer that is JSON of a schema."""
    return Grammar("%llguidance {}\nstart: @r\n", (json_part(schema),))


def lark_grammar(definition: str) -> Grammar:
    """An answer that is a custom tool's input."""
    part = Part("i", "lark", definition, INPUT)
    return Grammar("%llguidance {}\nstart: @i\n", (part,), (part,))


class Workshop:
    """The process; what is called in it finds its parts in `HERE`."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self.pool = pool

    def begin(self, work: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Have a function of a module called there."""
        return self.pool.submit(work, *arguments)

    def check(self, grammar: Grammar) -> Verdict:
        """The sandbox's verdict."""
        return self.begin(check, grammar).result()


HERE: dict[str, Any] = {}


def set_up() -> None:
    """What the worker does first, in this order."""
    HERE["model"] = load_tokenizer()
    tokenizer = HERE["model"].__enter__()
    HERE["vocabulary"] = build_vocabulary(tokenizer)
    HERE["sandbox"] = Sandbox(HERE["vocabulary"])
    HERE["compiler"] = Compiler(HERE["vocabulary"], HERE["sandbox"])


def check(grammar: Grammar) -> Verdict:
    """In the process: try a grammar out."""
    verdict: Verdict = HERE["sandbox"].check(grammar)
    return verdict


def compile_together(grammars: list[Grammar], num_threads: int) -> list[str]:
    """In the process: compile them in several threads; the reason why each cannot be used, or nothing."""
    with ThreadPoolExecutor(num_threads) as threads:
        return list(threads.map(find_reason, grammars))


def find_reason(grammar: Grammar) -> str:
    """Why a grammar cannot be used, by the compiler."""
    try:
        HERE["compiler"].compile(grammar)
    except Refused as refused:
        return refused.verdict.reason
    return ""


@contextmanager
def open_workshop() -> Iterator[Workshop]:
    """The process, ready."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=set_up) as pool:
        yield Workshop(pool)
