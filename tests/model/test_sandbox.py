"""engine/llama/sandbox.py: what a grammar costs is found out where it harms nobody, and every end is a verdict."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from antiphon.dialect.grammar.grammar import Grammar, Part
from antiphon.engine.llama.sandbox import CPU_S, LONGEST_REASON, TOO_LARGE, Verdict
from tests.model.compiling import (
    INPUT,
    SCHEMA,
    Workshop,
    compile_together,
    json_grammar,
    json_part,
    lark_grammar,
    open_workshop,
)
from tests.model.processes import children_of, ticks_of, wait_for

GOOD = json_grammar({"type": "object", "properties": {"a": {"type": "string"}}})
SLOW = lark_grammar("start:" + ' "a"' * 200_000)
"""Would take seconds."""
UNWANTED = {"oneOf": [{"type": "number"}, {"type": "integer"}]}
"""A schema that llguidance refuses."""


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    """A process with a sandbox."""
    with open_workshop() as workshop:
        yield workshop


def test_a_good_grammar(workshop: Workshop) -> None:
    """There is nothing to say."""
    assert workshop.check(GOOD) == Verdict()
    assert workshop.check(lark_grammar('start: e\ne: e "+" e | "1"')) == Verdict(), "left recursion, and ambiguous"


BOMBS = {
    "too many rules": lark_grammar("start: " + " | ".join(f"r{n}" for n in range(20_000)) + "".join(
        f"\nr{n}: \"a{n}\"" for n in range(20_000))),
    "too many states": lark_grammar("start: A\nA: " + " & ".join(f"/.*[a-m]{{{n + 1}}}.*/" for n in range(30))),
    "too many values": json_grammar({"enum": [f"value {n}" * 20 for n in range(200_000)]}),
    "too slow": SLOW,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_ended(workshop: Workshop, name: str) -> None:
    """What takes too much is ended and blamed on its field, and the next grammar gets its verdict as ever."""
    grammar = BOMBS[name]
    assert workshop.check(grammar) == Verdict(TOO_LARGE, grammar.parts[0].place, was_cut=True)
    assert workshop.check(GOOD) == Verdict()


def test_what_is_ended_stops_computing(workshop: Workshop) -> None:
    """A bomb uses no more of the CPU than it is allowed, and nothing of it is left afterwards."""
    started, sandbox, bomb = begin_slow(workshop)
    used = 0
    while not started.done():
        used = max(used, spent(bomb))
        time.sleep(0.01)
    assert started.result() == [TOO_LARGE]
    wait_for(lambda: not children_of(sandbox))
    assert used < 2 * CPU_S * os.sysconf("SC_CLK_TCK")


def begin_slow(workshop: Workshop) -> tuple[Future[list[str]], int, int]:
    """What comes of a grammar that would take seconds, the sandbox, and the process that tries it out there."""
    [sandbox] = children_of(workshop.begin(os.getpid).result())
    wait_for(lambda: not children_of(sandbox))  # the one of before may still be ending
    started = workshop.begin(compile_together, [SLOW], 1)
    wait_for(lambda: children_of(sandbox))
    [trier] = children_of(sandbox)
    return started, sandbox, trier


def spent(pid: int) -> int:
    """The CPU time of a process that may be gone."""
    try:
        return ticks_of(pid)
    except (OSError, ValueError):
        return 0


def test_memory_is_limited() -> None:
    """A process that tries a grammar out gets a gigabyte beyond what it has."""
    program = "from antiphon.engine.llama.sandbox import limit_memory; limit_memory(); bytearray({})"
    for size, status in ((1 << 29, 0), (1 << 31, 1)):
        ended = subprocess.run(
            [sys.executable, "-c", program.format(size)], capture_output=True, text=True, check=False
        )
        assert ended.returncode == status
        assert ended.stderr == "" if status == 0 else "MemoryError" in ended.stderr


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_a_crash_is_a_verdict(workshop: Workshop, number: signal.Signals) -> None:
    """Whatever ends the process that tries a grammar out: the grammar cannot be used, and all others can."""
    started, _, trier = begin_slow(workshop)
    os.kill(trier, number)
    assert started.result() == [TOO_LARGE]
    assert workshop.check(GOOD) == Verdict()


def test_who_forks_is_replaced(workshop: Workshop) -> None:
    """When the process that forks is killed, the next grammar gets its verdict from another."""
    [sandbox] = children_of(workshop.begin(os.getpid).result())
    os.kill(sandbox, signal.SIGKILL)
    assert workshop.check(GOOD) == Verdict()
    assert children_of(workshop.begin(os.getpid).result()) != [sandbox]


@pytest.mark.parametrize(
    "definition",
    ["start: (", 'begin: "a"', "start: foo", "start: start", "start: A\nA: B\nB: A", "start: /(?=a)/", "start: /(/"],
)
def test_an_invalid_grammar(workshop: Workshop, definition: str) -> None:
    """The reason is llguidance's own, at a bearable length, and the place that of the grammar's definition."""
    verdict = workshop.check(lark_grammar(definition))
    assert verdict.place == INPUT and not verdict.was_cut
    assert 10 < len(verdict.reason) <= LONGEST_REASON + 1 and "<state>" not in verdict.reason


def test_an_impossible_grammar(workshop: Workshop) -> None:
    """A grammar that nothing can ever match is none."""
    verdict = workshop.check(lark_grammar("start: A\nA: /a/ & /b/"))
    assert (verdict.reason, verdict.place) == ("nothing can ever match it", INPUT)


def several(*parts: Part, checks: tuple[Part, ...] = ()) -> Grammar:
    """An answer of one part or another."""
    return Grammar(f"%llguidance {{}}\nstart: {' | '.join('@' + part.name for part in parts)}\n", parts, checks)


FINE = json_part({"type": "string"}, "fine", "tools[0].function.parameters")
BAD = json_part(UNWANTED, "bad", "tools[1].function.parameters")
LOOSE = json_part(UNWANTED, "loose", "tools[2].function.parameters", loose=True)
BROKEN = Part("broken", "lark", "start: (", "tools[3].custom.format.grammar.definition")


def test_the_place_is_that_of_what_fails(workshop: Workshop) -> None:
    """Of several parts the one is blamed that cannot be compiled, wherever it stands."""
    for parts in ((FINE, BAD), (BAD, FINE), (LOOSE, FINE, BAD)):
        verdict = workshop.check(several(*parts))
        assert verdict.place == BAD.place and "oneOf" in verdict.reason


def test_a_clients_grammar_is_looked_at_first(workshop: Workshop) -> None:
    """And by itself: it cannot refer to what stands around it."""
    assert workshop.check(several(BAD, BROKEN, checks=(BROKEN,))).place == BROKEN.place
    escape = Part("escape", "lark", "start: @fine", "tools[3].custom.format.grammar.definition")
    assert workshop.check(several(FINE, escape, checks=(escape,))).place == escape.place


def test_what_may_be_loose_becomes_any_object(workshop: Workshop) -> None:
    """A part that need not be exact is eased, instead of making the whole fail."""
    for parts in ((FINE, LOOSE), (LOOSE,)):
        eased = workshop.check(several(*parts)).eased
        assert {name: json.loads(text)["type"] for name, text in eased.items()} == {"loose": "object"}


def test_a_bad_pattern_loosens_nothing_else(workshop: Workshop) -> None:
    """All the rest is still enforced; a property may be called like the keyword."""
    bad, fine = {"type": "string", "pattern": "[a"}, {"enum": [{"pattern": "x"}]}
    schema = {"type": "object", "properties": {"pattern": bad, "b": fine}, "required": ["pattern", "b"]}
    part = json_part(schema, "loose", "tools[2].function.parameters", loose=True)
    eased = json.loads(workshop.check(several(part)).eased["loose"])
    assert eased["properties"] == {"pattern": {"type": "string"}, "b": fine}


def test_blame() -> None:
    """Where nobody saw what failed, the largest field that a client wrote is blamed; all tools where there is none."""
    long = Part("long", "lark", "x" * 100, "tools[9].custom.format.grammar.definition")
    assert Grammar("", (FINE, long, json_part({}, place=SCHEMA))).suspect == long.place
    assert Grammar("", (Part("ours", "lark", "x" * 200), FINE)).suspect == FINE.place
    assert Grammar("x").suspect == "tools"


def test_several_threads(workshop: Workshop) -> None:
    """Threads may ask at the same time; each gets the verdict on its own grammar."""
    grammars = [json_grammar({"const": number}) if number % 3 else lark_grammar("start: (") for number in range(24)]
    reasons = workshop.begin(compile_together, grammars, 8).result()
    assert [bool(reason) for reason in reasons] == [number % 3 == 0 for number in range(24)]


def test_a_bomb_delays_nobody(workshop: Workshop) -> None:
    """Grammars that other threads ask about are judged while a bomb burns."""
    reasons = workshop.begin(
        compile_together, [SLOW, *(json_grammar({"const": n}) for n in range(100, 110))], 2
    ).result()
    assert reasons == [TOO_LARGE, *[""] * 10]
