"""Tries grammars out in processes of their own, which may run out of time or memory, or crash, and harm nobody.

Forked early from the worker, when it has the vocabulary and no threads; each grammar then gets a fork of
that fork. A grammar that gets through is compiled again in the worker, with what it costs known.
"""

import contextlib
import json
import os
import resource
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
from llguidance import LLMatcher, LLParserLimits, LLTokenizer
from msgspec import Struct

from antiphon.dialect.grammar.grammar import Grammar, Part, write_grammar

CPU_S = 0.6
"""Time to compile, of one core."""
WALL_S = 8.0
"""The same by the clock, on a machine that is busy."""
MEMORY_BYTES = 1 << 30
LONGEST_REASON = 300
LIMITS = LLParserLimits(max_lexer_states=50_000, step_lexer_fuel=100_000, verbose_errors=False)
"""Of one step: about 7 ms at most."""


class Verdict(Struct, frozen=True):
    """Whether a grammar compiles. reason: why not, and place: which field is to blame. eased: definitions that had to
    take the place of those of some parts, by name. was_cut: nobody saw the end, which it
    might have come to on a machine with less to do.
    """

    reason: str = ""
    place: str = ""
    eased: dict[str, str] = {}
    was_cut: bool = False


encode = msgspec.msgpack.Encoder().encode
decode_grammar = msgspec.msgpack.Decoder(Grammar).decode
decode_verdict = msgspec.msgpack.Decoder(Verdict).decode
BEGUN = b"+"
NOTHING = "nothing can ever match it"
TOO_LARGE = "it takes too much time or memory to compile"


class Sandbox:
    """vocabulary: what grammars are compiled for. Must be made while the process has no other threads."""

    def __init__(self, vocabulary: LLTokenizer) -> None:
        self.vocabulary = vocabulary
        self.lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        self.ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid:
            theirs.close()
            return
        keep = theirs.fileno()
        os.closerange(3, keep)
        os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") < 1 << 16 else 1 << 16)
        with contextlib.suppress(BaseException):
            serve(theirs, self.vocabulary)
        os._exit(0)

    def check(self, grammar: Grammar) -> Verdict:
        """Tries it out; may be called from any thread."""
        told = self._ask(grammar) or self._ask(grammar)  # nothing at all: somebody has killed who forks
        answer = told.removeprefix(BEGUN)
        return decode_verdict(answer) if answer else Verdict(TOO_LARGE, grammar.suspect, was_cut=True)

    def _ask(self, grammar: Grammar) -> bytes:
        """What a fork says: that it has begun, and its verdict, unless it has been ended before."""
        line, theirs = socket.socketpair()
        with line:
            with theirs:
                self._hand_over(theirs)
            line.settimeout(WALL_S + 2)
            with contextlib.suppress(OSError):
                line.sendall(encode(grammar))
                line.shutdown(socket.SHUT_WR)
            return read_all(line)

    def _hand_over(self, line: socket.socket) -> None:
        """To a fork. A late one, if need be, when there are threads: it calls nothing that they might hold."""
        with self.lock:
            try:
                socket.send_fds(self.ours, [b"!"], [line.fileno()])
            except OSError:
                self.ours.close()
                os.waitpid(self.pid, 0)
                self._start()
                socket.send_fds(self.ours, [b"!"], [line.fileno()])


def serve(control: socket.socket, vocabulary: LLTokenizer) -> None:
    """A fork for each grammar, until nobody can ask any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not data:
            return
        for descriptor in descriptors:
            if os.fork() == 0:
                control.close()
                answer(socket.socket(fileno=descriptor), vocabulary)
                os._exit(0)
            os.close(descriptor)


def answer(line: socket.socket, vocabulary: LLTokenizer) -> None:
    """Tries one grammar out under limits. Who exceeds them is ended by the kernel."""
    limit_memory()
    signal.setitimer(signal.ITIMER_PROF, CPU_S)
    signal.setitimer(signal.ITIMER_REAL, WALL_S)
    line.sendall(BEGUN)
    line.sendall(encode(judge(decode_grammar(read_all(line)), vocabulary)))


def judge(grammar: Grammar, vocabulary: LLTokenizer) -> Verdict:
    """Clients' grammars by themselves, then the whole; when that fails, part by part."""
    for part in grammar.checks:
        if reason := find_fault(part.definition, vocabulary):
            return Verdict(reason, part.place)
    reason = find_fault(write_grammar(grammar.main, grammar.parts), vocabulary)
    if not reason:
        return Verdict()
    eased: dict[str, str] = {}
    for part in grammar.parts:
        if found := find_part_fault(part, vocabulary):
            if not part.loose:
                return Verdict(found, part.place)
            fewer = without_patterns(part.definition)
            fails = find_part_fault(msgspec.structs.replace(part, definition=fewer), vocabulary)
            eased[part.name] = any_object(part.definition) if fails else fewer
    easier = ease(grammar, eased)
    reason = find_fault(write_grammar(easier.main, easier.parts), vocabulary) if eased else reason
    return Verdict(reason, grammar.suspect) if reason else Verdict(eased=eased)


def find_part_fault(part: Part, vocabulary: LLTokenizer) -> str:
    """Why a part cannot be used by itself; empty when it can."""
    return find_fault(write_grammar(f"start: @{part.name}", (part,)), vocabulary)


def find_fault(source: str, vocabulary: LLTokenizer) -> str:
    """Why a grammar cannot be used; empty when it can."""
    matcher = LLMatcher(vocabulary, source, log_level=0, limits=LIMITS)
    if matcher.is_error():
        return shorten(matcher.get_error())
    nothing_allowed = not any(matcher.compute_bitmask())
    if matcher.is_error():
        return shorten(matcher.get_error())
    return NOTHING if nothing_allowed and not matcher.is_accepting() else ""


def ease(grammar: Grammar, eased: dict[str, str]) -> Grammar:
    """With these definitions in the place of those of some parts."""
    parts = (msgspec.structs.replace(part, definition=eased.get(part.name, part.definition)) for part in grammar.parts)
    return msgspec.structs.replace(grammar, parts=tuple(parts))


def without_patterns(definition: str) -> str:
    """The schema without what only compiling can find wrong in many."""
    return json.dumps(drop_patterns(json.loads(definition)))


def drop_patterns(value: Any) -> Any:
    """The same for a piece of it. A property may be called `pattern`, and is then no text."""
    if isinstance(value, list):
        return [drop_patterns(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: inner if key in ("const", "enum") else drop_patterns(inner)
        for key, inner in value.items()
        if not (key == "pattern" and isinstance(inner, str))
    }


def any_object(definition: str) -> str:
    """The schema of any object, written as another is."""
    return json.dumps({"type": "object", "x-guidance": json.loads(definition).get("x-guidance", {})})


def shorten(reason: str) -> str:
    """The first lines of an error of llguidance's, without its state."""
    told = reason.split("<state>", maxsplit=1)[0].replace("<non-verbose/>", "").strip()
    told = NOTHING if told == "NoExtensionBias" else told
    return told if len(told) <= LONGEST_REASON else f"{told[:LONGEST_REASON]}…"


def limit_memory() -> None:
    """As much as there is now, and a gigabyte."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_all(line: socket.socket) -> bytes:
    """Everything until the other end has finished, or is gone."""
    chunks = []
    with contextlib.suppress(OSError):
        while chunk := line.recv(1 << 16):
            chunks.append(chunk)
    return b"".join(chunks)
