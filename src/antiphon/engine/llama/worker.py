"""The worker process: loads one model, then runs the loop. `python -m antiphon.engine.llama.worker`.

Reads its configuration from the first line of standard input and lives while that stays open.
"""

import gc
import hashlib
import signal
import sys
import time
from pathlib import Path

from antiphon.engine.llama.binding import build_description
from antiphon.engine.llama.compiler import Compiler
from antiphon.engine.llama.config import FlashAttention, WorkerConfig, decode
from antiphon.engine.llama.layout.choice import Loaded, load_model
from antiphon.engine.llama.loop import Loop
from antiphon.engine.llama.mailbox import SocketMailbox
from antiphon.engine.llama.messages import Failed, Measuring, Progress, Ready
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.runner import DecodeError, Runner
from antiphon.engine.llama.sandbox import Sandbox
from antiphon.engine.llama.scheduler import Scheduler
from antiphon.engine.llama.threads import ThreadGovernor
from antiphon.engine.llama.tokenizer import Tokenizer
from antiphon.engine.llama.tuning import can_tune, tune
from antiphon.engine.llama.vocabulary import build_vocabulary
from antiphon.errors import ConfigurationError

BATCH_TOKENS = 512
CHUNK_TOKENS = 64
DEFAULT_CONTEXT = 8192
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
    loaded = load_model(config, mailbox, on_progress=ProgressReport(mailbox))
    model = loaded.model
    tokenizer = Tokenizer(model.vocab)
    vocabulary = build_vocabulary(tokenizer)
    sandbox = Sandbox(vocabulary)  # a fork, which must come before there are threads
    context = choose_context(config, model)
    governor = ThreadGovernor(config.threads)
    attention = choose_attention(config, model, mailbox, governor.num_threads)
    runner = Runner(
        model,
        context=context,
        parallel=config.parallel,
        batch_tokens=max(BATCH_TOKENS, config.parallel),
        threads=governor.num_threads,
        flash_attention=attention,
    )
    token_bytes = runner.token_bytes()  # a first pass, which touches the weights and starts the threads
    mailbox.announce(
        describe(loaded, tokenizer, context=context, fingerprint=fingerprint(loaded, config, context, attention))
    )
    scheduler = Scheduler(
        num_slots=config.parallel,
        max_waiting=config.queue,
        batch_tokens=runner.batch_tokens,
        chunk_tokens=CHUNK_TOKENS,
        cache_tokens=config.cache_bytes // token_bytes,
        reuses_prefixes=model.can_cut,
    )
    return Loop(
        mailbox,
        runner=runner,
        tokenizer=tokenizer,
        scheduler=scheduler,
        compiler=Compiler(vocabulary, sandbox),
        governor=governor,
        context=context,
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
    if config.flash_attention != "auto" or not can_tune(model):
        return config.flash_attention
    folder = Path(config.tuning_folder)
    try:
        return tune(model, folder, threads=threads, tell=lambda: mailbox.announce(Measuring())).flash_attention
    except (ConfigurationError, DecodeError):  # a model that has only one of them
        return "auto"


def describe(loaded: Loaded, tokenizer: Tokenizer, *, context: int, fingerprint: str) -> Ready:
    """What the other process needs to render prompts."""
    control = tokenizer.control
    return Ready(
        context=context,
        num_vocab=tokenizer.num_tokens,
        longest_token=tokenizer.longest_token,
        chat_template=loaded.model.chat_template,
        control_tokens=control.ids,
        strip_left=control.strip_left,
        strip_right=control.strip_right,
        bos=tokenizer.bos,
        bos_text=tokenizer.bos_text,
        eos_text=tokenizer.eos_text,
        fingerprint=fingerprint,
        layout=loaded.layout,
        layout_remark=loaded.remark,
    )


def fingerprint(loaded: Loaded, config: WorkerConfig, context: int, attention: FlashAttention) -> str:
    """A hash of all that can change the output: engine build, weights and their layout, shapes of cache and batch."""
    shapes = f"{context} {config.parallel} {BATCH_TOKENS} {CHUNK_TOKENS} {attention}"
    told = f"{build_description()} {loaded.model.digest()} {loaded.layout} {shapes}"
    return f"fp_{hashlib.sha256(told.encode()).hexdigest()[:12]}"


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
