"""The worker process: loads one model, then runs the loop. `python -m antiphon.engine.llama.worker`.

Reads its configuration from the first line of standard input and lives while that stays open.
"""

import gc
import hashlib
import logging
import signal
import sys
import time
from pathlib import Path

from antiphon.engine.llama.binding import build_description
from antiphon.engine.llama.compiler import Compiler
from antiphon.engine.llama.config import DEFAULT_CONTEXT, FlashAttention, WorkerConfig, decode
from antiphon.engine.llama.determinism import check_shapes
from antiphon.engine.llama.disk_cache import DiskCache
from antiphon.engine.llama.drafting.costs import StepCosts
from antiphon.engine.llama.drafting.measure import load_costs
from antiphon.engine.llama.intake import Intake
from antiphon.engine.llama.loop import Loop
from antiphon.engine.llama.mailbox import SocketMailbox
from antiphon.engine.llama.memory import check_memory, free_bytes
from antiphon.engine.llama.messages import Failed, Measuring, Progress, Ready
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.prefix_cache import PrefixCache
from antiphon.engine.llama.runner import DecodeError, Runner
from antiphon.engine.llama.sandbox import Sandbox
from antiphon.engine.llama.scheduler import Budget, Scheduler
from antiphon.engine.llama.threads import ThreadGovernor
from antiphon.engine.llama.tokenizer import Tokenizer
from antiphon.engine.llama.tuning import can_tune, identify, tune
from antiphon.engine.llama.vocabulary import build_vocabulary
from antiphon.errors import ConfigurationError

log = logging.getLogger(__name__)

BATCH_TOKENS = 512
PROMPT_MS, CHUNK_MS = 500, 150
"""What a step may take that computes prompts: alone, so that who comes does not wait long, and beside sequences that
are given tokens, which they pause for.
"""
LEAST_PROMPT, LEAST_CHUNK = 64, 16
"""Tokens, however long they take."""
PROGRESS_INTERVAL_S = 0.1


def main() -> None:
    """Load, announce, run."""
    for number in (signal.SIGINT, signal.SIGTERM):  # often sent to the whole group; the server lets us finish
        signal.signal(number, signal.SIG_IGN)
    config = decode(sys.stdin.buffer.readline())
    mailbox = SocketMailbox(config.socket_path)
    try:
        loop = load(config, mailbox)
    except ConfigurationError as error:
        mailbox.announce(Failed(str(error)))
        while mailbox.open:  # until the reason has been read
            list(mailbox.receive(wait=True))
        return
    gc.collect()
    gc.freeze()  # what has been loaded stays; collections need not look through it again
    loop.run()


def load(config: WorkerConfig, mailbox: SocketMailbox) -> Loop:
    """Everything the loop needs, warmed up. Raises `ConfigurationError`."""
    free = free_bytes()
    model = Model(Path(config.model_path), on_progress=ProgressReport(mailbox))
    tokenizer = Tokenizer(model.vocab)
    vocabulary = build_vocabulary(tokenizer)
    sandbox = Sandbox(vocabulary)  # a fork, which must come before there are threads
    context = choose_context(config, model)
    check_memory(model, free, context=context, parallel=config.parallel, kv_type=config.kv_type)
    governor = ThreadGovernor(config.threads)
    attention = choose_attention(config, model, mailbox, governor.num_threads)
    runner = Runner(
        model,
        context=context + config.deterministic,  # a run may be filled up by a token
        parallel=config.parallel,
        batch_tokens=BATCH_TOKENS + 2 * config.parallel,
        threads=governor.num_threads,
        flash_attention=attention,
        kv_type=config.kv_type,
    )
    size = runner.state_size()  # a first pass, which touches the weights and starts the threads
    if config.deterministic:
        promise(model, runner, slots=config.parallel, most_threads=governor.most)
    costs = measure_costs(config, model, runner, mailbox, context=context, attention=attention)
    budget = Budget(
        most=runner.batch_tokens - config.parallel,
        prompts=costs.most_tokens(PROMPT_MS, least=LEAST_PROMPT, most=BATCH_TOKENS),
        chunk=costs.most_tokens(CHUNK_MS, least=LEAST_CHUNK, most=BATCH_TOKENS),
    )
    print_of = fingerprint(model, config, context=context, attention=attention, budget=budget)
    cache = PrefixCache(config.parallel, config.cache_bytes, can_cut=model.can_cut, size=size)
    disk = DiskCache(
        Path(config.disk_folder),
        state_signature(model, config, attention),
        cache,
        most_bytes=config.disk_bytes,
        tell=log.warning,
    )
    mailbox.announce(describe(model, tokenizer, context=context, fingerprint=print_of))
    scheduler = Scheduler(
        num_slots=config.parallel,
        max_waiting=config.queue,
        budget=budget,
        cache=cache,
        costs=costs if model.can_cut else None,
        even_runs=config.deterministic,
        can_cut=model.can_cut,
    )
    compiler = Compiler(vocabulary, sandbox)
    looks_back = config.draft and model.can_cut
    intake = Intake(tokenizer, compiler, mailbox.wake, context=context, looks_back=looks_back)
    return Loop(
        mailbox,
        runner=runner,
        tokenizer=tokenizer,
        scheduler=scheduler,
        intake=intake,
        governor=governor,
        disk=disk,
    )


def choose_context(config: WorkerConfig, model: Model) -> int:
    """The model's own context up to 8192 tokens, or what was asked for if the model was trained for it."""
    if config.context is None:
        return min(model.trained_context, DEFAULT_CONTEXT)
    if config.context > model.trained_context:
        raise ConfigurationError(
            f"--context {config.context} is more than this model was trained for ({model.trained_context} tokens)."
        )
    return config.context


def choose_attention(config: WorkerConfig, model: Model, mailbox: SocketMailbox, threads: int) -> FlashAttention:
    """What was asked for, or what is faster; where that cannot be found out, what llama.cpp takes by itself."""
    if config.kv_type != "f16":
        return "on"  # llama.cpp's other kernel takes no other values
    if config.deterministic and config.flash_attention == "auto":
        return "off"
    if config.flash_attention != "auto" or not can_tune(model):
        return config.flash_attention
    folder = Path(config.tuning_folder)
    try:
        return tune(model, folder, threads=threads, tell=lambda: mailbox.announce(Measuring())).flash_attention
    except (ConfigurationError, DecodeError):  # a model that has only one of them
        return "auto"


def describe(model: Model, tokenizer: Tokenizer, *, context: int, fingerprint: str) -> Ready:
    """What the other process needs to render prompts."""
    control = tokenizer.control
    return Ready(
        context=context,
        num_vocab=tokenizer.num_tokens,
        longest_token=tokenizer.longest_token,
        chat_template=model.chat_template,
        control_tokens=control.ids,
        strip_left=control.strip_left,
        strip_right=control.strip_right,
        bos=tokenizer.bos,
        bos_text=tokenizer.bos_text,
        eos_text=tokenizer.eos_text,
        fingerprint=fingerprint,
    )


def promise(model: Model, runner: Runner, *, slots: int, most_threads: int) -> None:
    """That answers do not depend on what is computed together. Raises `ConfigurationError`."""
    if not model.can_cut:
        raise ConfigurationError("--deterministic cannot be had with this model: what it computes cannot be shortened.")
    check_shapes(runner, slots=slots, most_threads=most_threads)


def fingerprint(model: Model, config: WorkerConfig, *, context: int, attention: FlashAttention, budget: Budget) -> str:
    """A hash of all that can change the output: engine build, model file, shapes of cache and batch. Where an answer
    does not depend on what is computed together, shapes do not count.
    """
    shapes = "" if config.deterministic else f"{context} {config.parallel} {budget} {config.draft}"
    return f"fp_{digest_of(state_signature(model, config, attention), shapes, str(config.deterministic))[:12]}"


def state_signature(model: Model, config: WorkerConfig, attention: FlashAttention) -> str:
    """A hash of all that decides whether a computed prompt of one process fits another."""
    return digest_of(build_description(), model.digest(), attention, config.kv_type)[:32]


def digest_of(*told: str) -> str:
    """A hash of all of them."""
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def measure_costs(
    config: WorkerConfig, model: Model, runner: Runner, mailbox: SocketMailbox, *, context: int, attention: str
) -> StepCosts:
    """What a step costs here by its number of tokens."""
    told = digest_of(identify(model), attention, config.kv_type, str(runner.batch_tokens), str(min(context, 512)))
    file = Path(config.tuning_folder) / f"{model.path.stem}-{told[:12]}-steps.json"
    return load_costs(runner, file, context=context, tell=lambda: mailbox.announce(Measuring()))


class ProgressReport:
    """Announces loading ten times a second at most."""

    def __init__(self, mailbox: SocketMailbox) -> None:
        self.mailbox = mailbox
        self.last = 0.0

    def __call__(self, share: float) -> None:
        """Take the loaded share, 0 to 1."""
        now = time.monotonic()
        if now - self.last >= PROGRESS_INTERVAL_S:
            self.last = now
            list(self.mailbox.receive(wait=False))
            self.mailbox.announce(Progress(share))


if __name__ == "__main__":
    main()
