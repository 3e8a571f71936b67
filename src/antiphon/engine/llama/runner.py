"""One llama.cpp context: the KV cache of all sequences, and the forward pass over a batch.

The only owner of tensors. Knows sequences as numbers of cache streams ("slots"), nothing else of them.
"""

import ctypes
from collections.abc import Sequence as Seq
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from antiphon.engine.llama.binding import lib, recent_errors
from antiphon.engine.llama.config import FlashAttention, KvType
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.prefix_cache import Keep, Reuse, Size
from antiphon.engine.llama.senses.embedding import Shown
from antiphon.engine.llama.senses.rows import RowBuffers
from antiphon.errors import ConfigurationError

KV_TYPES: dict[KvType, int] = {"f16": lib.GGML_TYPE_F16, "q8_0": lib.GGML_TYPE_Q8_0}
FLASH_ATTENTION: dict[FlashAttention, int] = {"auto": -1, "off": 0, "on": 1}
Logits = NDArray[np.float32]
State = NDArray[np.uint8]
"""(bytes,): a slot's content, as llama.cpp saves it."""


class Run(NamedTuple):
    """Tokens to append to one slot, beginning at `position`; logits are wanted of the last `num_outputs` but for
    `padding` at the end. shown: what they stand for, where they are no tokens; no logits are wanted of these.
    """

    slot: int
    position: int
    tokens: Seq[int]
    num_outputs: int
    padding: int = 0
    shown: Shown | None = None


class DecodeError(Exception):
    """llama.cpp could not compute a batch; the state of its cache is unknown."""


class Runner:
    """context: longest sequence in tokens. parallel: number of slots. batch_tokens: most tokens of one pass. unified:
    one cache for all slots; measured, and slower (see docs/engine.md).

    Else each slot has a cache stream of its own: a token then attends over its own
    sequence only, and a sequence never meets a full cache because of another. Runs must come in the
    order of their slots, and their slots should be consecutive: the batch is cut at gaps.
    """

    def __init__(
        self,
        model: Model,
        *,
        context: int,
        parallel: int,
        batch_tokens: int,
        threads: int,
        flash_attention: FlashAttention,
        kv_type: KvType = "f16",
        unified: bool = False,
    ) -> None:
        params = lib.llama_context_default_params()
        params.n_ctx = padded(context) * parallel
        params.n_seq_max = parallel
        params.n_batch = params.n_ubatch = batch_tokens
        params.n_threads = params.n_threads_batch = threads
        params.kv_unified = unified
        params.flash_attn_type = FLASH_ATTENTION[flash_attention]
        params.type_k = params.type_v = KV_TYPES[kv_type]
        params.no_perf = True
        self.handle = lib.llama_init_from_model(model.handle, params)
        if not self.handle:
            reason = recent_errors[-1] if recent_errors else "llama.cpp gives no reason"
            raise ConfigurationError(
                f"Cannot make room for {parallel} sequences of {context} tokens: {reason}."
                " Lower --context or --parallel."
            )
        self.memory = lib.llama_get_memory(self.handle)
        self.weight_bytes = model.weight_bytes
        self.num_vocab = int(lib.llama_vocab_n_tokens(model.vocab))
        self.batch_tokens = batch_tokens
        self._batch = BatchBuffers(batch_tokens)
        self._rows = RowBuffers(batch_tokens)
        self._kept: dict[int, State] = {}

    def decode(self, runs: Seq[Run]) -> Logits:
        """Append all runs, in one pass where all are tokens; returns logits (outputs, vocabulary) in the order of the
        runs. The array is llama.cpp's own memory: it may be written to and is valid until the next pass.
        """
        said = [run for run in runs if run.shown is None]
        if len(said) < len(runs):
            self._look([run for run in runs if run.shown])
        if said:
            count = self._batch.fill(said)
            assert count <= self.batch_tokens
            self._compute(self._batch.struct)
        num_outputs = sum(run.num_outputs for run in said)
        if not num_outputs:
            return np.empty((0, self.num_vocab), np.float32)
        address = ctypes.cast(lib.llama_get_logits(self.handle), ctypes.c_void_p).value
        assert address is not None
        array = (ctypes.c_float * (num_outputs * self.num_vocab)).from_address(address)
        logits: Logits = np.ctypeslib.as_array(array).reshape(num_outputs, self.num_vocab)
        return logits

    def _look(self, runs: Seq[Run]) -> None:
        """Vectors cannot be in one pass with tokens. Those that see each other are alone in one, as llama.cpp would cut
        it where the shortest run of a pass ends.
        """
        seen = [(run.slot, run.shown) for run in runs if run.shown]
        if apart := [part for part in seen if not part[1].whole]:
            self._compute(self._rows.fill(apart))
        for part in seen:
            if part[1].whole:
                lib.llama_set_causal_attn(self.handle, False)
                try:
                    self._compute(self._rows.fill([part]))
                finally:
                    lib.llama_set_causal_attn(self.handle, True)

    def _compute(self, batch: Any) -> None:
        if status := lib.llama_decode(self.handle, batch):
            raise DecodeError(f"llama_decode gave {status}")

    def prepare(self, step: Reuse | Keep) -> None:
        """Make slots hold what they are to hold, and keep what is to be kept."""
        match step:
            case Keep(slot=slot, number=number, dropped=dropped):
                for unneeded in dropped:
                    del self._kept[unneeded]
                self._kept[number] = self.save(slot, step.position)
            case Reuse(source=source, target=target):
                if source != target:
                    self.load(self._kept[source] if source in self._kept else self._save(source), target)
                self.cut(target, step.position)

    def cut(self, slot: int, position: int) -> None:
        """Forget what a slot has from that position on."""
        lib.llama_memory_seq_rm(self.memory, slot, position, -1)

    def save(self, slot: int, position: int) -> State:
        """A copy of what a slot has before that position, which is all it has afterwards."""
        self.cut(slot, position)
        return self._save(slot)

    def state_size(self) -> Size:
        """What it takes to keep something aside. Slot 0 must not be in use."""
        sizes: list[int] = []
        for position in range(2):
            self.decode([Run(0, position, [0], 1)])
            sizes.append(lib.llama_state_seq_get_size(self.handle, 0))
        self.prepare(Reuse(0, 0, 0))
        per_token = sizes[1] - sizes[0]
        return Size(max(1, sizes[0] - per_token), per_token)

    def _save(self, slot: int) -> State:
        """A copy of all that a slot holds; `llama_memory_seq_cp` would copy the whole stream, used or not."""
        state = np.empty(lib.llama_state_seq_get_size(self.handle, slot), np.uint8)
        lib.llama_state_seq_get_data(self.handle, pointer_to(state), len(state), slot)
        return state

    def load(self, state: State, slot: int) -> bool:
        """Put a copy into a slot; returns whether it is one that fits."""
        return bool(lib.llama_state_seq_set_data(self.handle, pointer_to(state), len(state), slot))

    def set_threads(self, count: int) -> None:
        """Compute with `count` threads from the next pass on."""
        lib.llama_set_n_threads(self.handle, count, count)

    def close(self) -> None:
        """Free the context."""
        lib.llama_free(self.handle)


class BatchBuffers:
    """The arrays of a `llama_batch`, kept and refilled."""

    def __init__(self, capacity: int) -> None:
        self.tokens = np.zeros(capacity, np.int32)
        self.positions = np.zeros(capacity, np.int32)
        self.slots = np.zeros(capacity, np.int32)
        self.wanted = np.zeros(capacity, np.int8)
        self._counts = np.ones(capacity, np.int32)
        self._slot_pointers = self.slots.ctypes.data + 4 * np.arange(capacity + 1, dtype=np.uintp)
        self._slot_pointers[capacity] = 0
        self.struct: Any = lib.llama_batch()
        self.struct.token = self.tokens.ctypes.data_as(ctypes.POINTER(lib.llama_token))
        self.struct.pos = self.positions.ctypes.data_as(ctypes.POINTER(lib.llama_pos))
        self.struct.n_seq_id = self._counts.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        self.struct.seq_id = self._slot_pointers.ctypes.data_as(ctypes.POINTER(ctypes.POINTER(lib.llama_seq_id)))
        self.struct.logits = self.wanted.ctypes.data_as(ctypes.POINTER(ctypes.c_int8))

    def fill(self, runs: Seq[Run]) -> int:
        """Lay out the runs one after another; returns the number of tokens."""
        end = 0
        for run in runs:
            begin, end = end, end + len(run.tokens)
            self.tokens[begin:end] = run.tokens
            self.positions[begin:end] = np.arange(run.position, run.position + end - begin)
            self.slots[begin:end] = run.slot
            self.wanted[begin:end] = 0
            self.wanted[end - run.padding - run.num_outputs : end - run.padding] = 1
        self.struct.n_tokens = end
        return end


def pointer_to(state: State) -> Any:
    """As C takes it."""
    return state.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))


def padded(context: int) -> int:
    """llama.cpp rounds a sequence's cells up to 256; asking for that many keeps the sum exact."""
    return -(-context // 256) * 256
