"""From a configuration to a loop that can run: the worker's composition root.

Measures what is not known of this machine yet, and refuses what cannot be.
"""

import logging
import time
from pathlib import Path

from antiphon.engine.llama.compiler import Compiler
from antiphon.engine.llama.config import DEFAULT_CONTEXT, FlashAttention, WorkerConfig
from antiphon.engine.llama.determinism import MOST_COMPANY, promise
from antiphon.engine.llama.disk_cache import DiskCache
from antiphon.engine.llama.drafting.costs import StepCosts
from antiphon.engine.llama.drafting.measure import DEPTH, load_costs
from antiphon.engine.llama.identity import digest_of, fingerprint, kept_signature, state_signature
from antiphon.engine.llama.intake import Intake
from antiphon.engine.llama.layout.choice import Loaded, load_model
from antiphon.engine.llama.loop import Loop
from antiphon.engine.llama.mailbox import SocketMailbox
from antiphon.engine.llama.memory import check_memory, free_bytes
from antiphon.engine.llama.messages import Measuring, Progress, Ready
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.pace import CHUNK_MS, LEAST_CHUNK
from antiphon.engine.llama.plan import Budget
from antiphon.engine.llama.prefix_cache import PrefixCache
from antiphon.engine.llama.prompt import PromptBuilder
from antiphon.engine.llama.runner import DecodeError, Runner
from antiphon.engine.llama.sandbox import Sandbox
from antiphon.engine.llama.scheduler import Scheduler
from antiphon.engine.llama.senses.projector import Projector
from antiphon.engine.llama.threads import ThreadGovernor
from antiphon.engine.llama.tokenizer import Tokenizer
from antiphon.engine.llama.tuning import can_tune, identify, tune
from antiphon.engine.llama.vocabulary import build_vocabulary
from antiphon.errors import ConfigurationError

log = logging.getLogger(__name__)

BATCH_TOKENS = 512
PROMPT_MS, FLEX_MS = 500, 50
"""What prompts may take in a step: alone, so that who comes does not wait long; and of flex, which anybody may come and
interrupt.
"""
LEAST_PROMPT, LEAST_FLEX = 64, 8
"""Tokens, however long they take."""
PROGRESS_INTERVAL_S = 0.1


def load(config: WorkerConfig, mailbox: SocketMailbox) -> Loop:
    """Everything the loop needs, warmed up. Raises `ConfigurationError`."""
    check_memory(config, free_bytes())
    loaded = load_model(config, mailbox, on_progress=ProgressReport(mailbox))
    model, tokenizer = loaded.model, Tokenizer(loaded.model.vocab)
    vocabulary = build_vocabulary(tokenizer)
    sandbox = Sandbox(vocabulary)  # a fork, which must come before there are threads
    context = choose_context(config, model)
    governor = ThreadGovernor(config.threads).look_around()
    attention = choose_attention(config, model, mailbox, governor.num_threads)
    runner = build_runner(config, model, context=context, threads=governor.num_threads, attention=attention)
    signature = state_signature(loaded, config, attention)
    cache = PrefixCache(config.parallel, config.cache_bytes, can_cut=model.can_cut, size=runner.state_size())
    if config.deterministic:
        check_determinism(config, model, runner, governor, signature)
    costs = measure_costs(config, model, runner, mailbox, context=context, signature=signature)
    budget = build_budget(config, runner, costs)
    projector = load_projector(config, model, context=context, threads=governor.num_threads)
    told = fingerprint(config, signature, context=context, budget=budget)
    card = describe(loaded, tokenizer, context, told, projector)
    mailbox.announce(card)
    return Loop(
        mailbox,
        runner=runner,
        tokenizer=tokenizer,
        scheduler=Scheduler(
            num_slots=config.parallel,
            max_waiting=config.queue,
            budget=budget,
            cache=cache,
            costs=costs if model.can_cut else None,
            even_runs=config.deterministic,
            can_cut=model.can_cut,
        ),
        intake=Intake(
            PromptBuilder(tokenizer, projector),
            Compiler(vocabulary, sandbox),
            mailbox.wake,
            context=context,
            looks_back=config.draft and model.can_cut,
        ),
        governor=governor,
        disk=DiskCache(
            Path(config.disk_folder),
            kept_signature(signature, config, context),
            cache,
            most_bytes=config.disk_bytes,
            tell=log.warning,
        ),
    )


def build_runner(
    config: WorkerConfig, model: Model, *, context: int, threads: int, attention: FlashAttention
) -> Runner:
    """Room for all slots. A run may be filled up by a token, which a deterministic one needs room for."""
    return Runner(
        model,
        context=context + config.deterministic,
        parallel=config.parallel,
        batch_tokens=BATCH_TOKENS + 2 * config.parallel,
        threads=threads,
        flash_attention=attention,
        kv_type=config.kv_type,
    )


def build_budget(config: WorkerConfig, runner: Runner, costs: StepCosts) -> Budget:
    """Tokens of a step, by what they cost here."""
    return Budget(
        most=runner.batch_tokens - config.parallel,
        prompts=costs.most_tokens(PROMPT_MS, least=LEAST_PROMPT, most=BATCH_TOKENS),
        chunk=costs.most_tokens(CHUNK_MS, least=LEAST_CHUNK, most=BATCH_TOKENS),
        flex=costs.most_tokens(FLEX_MS, least=LEAST_FLEX, most=BATCH_TOKENS),
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


def load_projector(config: WorkerConfig, model: Model, *, context: int, threads: int) -> Projector | None:
    """By which the model sees and hears, if there is one. Raises `ConfigurationError`."""
    if not config.projector_path:
        return None
    return Projector(Path(config.projector_path), model, threads=threads, longest=BATCH_TOKENS, context=context)


def describe(
    loaded: Loaded, tokenizer: Tokenizer, context: int, fingerprint: str, projector: Projector | None
) -> Ready:
    """What the other process needs to render prompts, and to tell of it."""
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
        can_cut=loaded.model.can_cut,
        sees=bool(projector and projector.sees),
        audio_rate=projector.rate if projector else 0,
    )


def check_determinism(
    config: WorkerConfig, model: Model, runner: Runner, governor: ThreadGovernor, signature: str
) -> None:
    """That answers do not depend on what is computed together. Raises `ConfigurationError`."""
    if not model.can_cut:
        raise ConfigurationError("--deterministic cannot be had with this model: what it computes cannot be shortened.")
    told = digest_of(identify(model), signature, str(min(config.parallel, MOST_COMPANY)))
    file = Path(config.tuning_folder) / f"{Path(config.model_path).stem}-{told[:12]}-steady.json"
    promise(runner, file, slots=config.parallel, most_threads=governor.most)
    runner.set_threads(governor.num_threads)


def measure_costs(
    config: WorkerConfig, model: Model, runner: Runner, mailbox: SocketMailbox, *, context: int, signature: str
) -> StepCosts:
    """What a step costs here by its number of tokens."""
    depth = min(DEPTH, context // 4) if model.can_cut else 0
    longest = min(context - depth, BATCH_TOKENS)
    told = digest_of(identify(model), signature, str(config.threads), str(longest))
    file = Path(config.tuning_folder) / f"{Path(config.model_path).stem}-{told[:12]}-steps.json"
    return load_costs(runner, file, longest=longest, depth=depth, tell=lambda: mailbox.announce(Measuring()))


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
