"""What a model will take of memory, guessed from its file: size, and the shape of its KV cache in the head of it.

Reads no more than the first few values, so it may run outside a worker. See the specification of GGUF:
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct
from pathlib import Path
from typing import BinaryIO

from antiphon.engine.llama.config import DEFAULT_CONTEXT, KvType, WorkerConfig

Value = int | float | str | list["Value"]

FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
"""Of numbers, by the type that a file says."""
STRING, ARRAY = 8, 9
LONGEST = 1 << 16
"""Bytes of a string, or values of an array, beyond which a head is taken for broken."""
BYTES_PER_NUMBER: dict[KvType, float] = {"f16": 2, "q8_0": 34 / 32}
"""Of the KV cache; with 8 bits come scales, one for 32 numbers."""
BESIDE_BYTES = 128 << 20
"""The process, and llama.cpp's buffers."""
WITHOUT_HEAD = 1.2
"""Times the file, where its head tells nothing."""


def estimate_bytes(path: Path, config: WorkerConfig) -> int:
    """About what a worker with this model and configuration takes. Raises `OSError` when the file is not there."""
    size, cache = weigh(path, config)
    return int(size * WITHOUT_HEAD) if cache is None else size + cache + BESIDE_BYTES


def weigh(path: Path, config: WorkerConfig) -> tuple[int, int | None]:
    """Bytes of the weights and of the KV cache, None where the file does not tell. Raises `OSError`."""
    size = sum(part.stat().st_size for part in parts_of(path))
    if config.projector_path:
        size += Path(config.projector_path).stat().st_size
    try:
        head = read_head(path)
        context = config.context or min(number(head, "context_length"), DEFAULT_CONTEXT)
        numbers = config.parallel * context * numbers_per_token(head)
        return size, int(numbers * BYTES_PER_NUMBER[config.kv_type])
    except (ValueError, KeyError, struct.error, ZeroDivisionError):
        return size, None


def parts_of(path: Path) -> list[Path]:
    """All files of a model in several, of which the first was named."""
    begin, first, end = path.name.rpartition("-00001-of-")
    return sorted(path.parent.glob(f"{begin}-*-of-{end}")) if first else [path]


def numbers_per_token(head: dict[str, Value]) -> int:
    """What a token takes of the KV cache: a key and a value in each layer and head."""
    layers, heads = number(head, "block_count"), number(head, "attention.head_count")
    width = number(head, "embedding_length") // heads
    widths = sum(number(head, f"attention.{what}_length", width) for what in ("key", "value"))
    heads_of_layers = field(head, "attention.head_count_kv", heads)
    num_heads = (
        sum(map(whole, heads_of_layers)) if isinstance(heads_of_layers, list) else whole(heads_of_layers) * layers
    )
    return num_heads * widths


def field(head: dict[str, Value], key: str, default: Value | None = None) -> Value:
    """A value of the model's architecture. Raises `KeyError`."""
    value = head.get(f"{head['general.architecture']}.{key}", default)
    if value is None:
        raise KeyError(key)
    return value


def number(head: dict[str, Value], key: str, default: int | None = None) -> int:
    """The same, which is a count. A list of one for each layer counts with its largest."""
    value = field(head, key, default)
    return max(map(whole, value)) if isinstance(value, list) else whole(value)


def whole(value: Value) -> int:
    """A count. Raises `ValueError`."""
    if not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value


def read_head(path: Path) -> dict[str, Value]:
    """The values that a file begins with, up to those of the tokenizer. Raises `ValueError` and `struct.error`."""
    head: dict[str, Value] = {}
    with path.open("rb") as file:
        if file.read(4) != b"GGUF" or unpack(file, "<I") < 2:
            raise ValueError("not a GGUF file of a version in use")
        unpack(file, "<Q")  # the number of tensors
        for _ in range(int(unpack(file, "<Q"))):
            key = read_string(file)
            if key.startswith("tokenizer."):
                break
            head[key] = read_value(file, int(unpack(file, "<I")))
    return head


def read_value(file: BinaryIO, kind: int) -> Value:
    """A value of this type."""
    if kind == STRING:
        return read_string(file)
    if kind == ARRAY:
        kind_of_each, length = int(unpack(file, "<I")), read_length(file)
        if kind_of_each == ARRAY:
            raise ValueError("an array of arrays")
        return [read_value(file, kind_of_each) for _ in range(length)]
    if kind not in FORMATS:
        raise ValueError(kind)
    return unpack(file, FORMATS[kind])


def read_string(file: BinaryIO) -> str:
    """A length and that many bytes."""
    return file.read(read_length(file)).decode("utf-8", "replace")


def read_length(file: BinaryIO) -> int:
    """Of what follows. Raises `ValueError` where it is absurd."""
    length = int(unpack(file, "<Q"))
    if length > LONGEST:
        raise ValueError(length)
    return length


def unpack(file: BinaryIO, form: str) -> int | float:
    """One number."""
    value: int | float = struct.unpack(form, file.read(struct.calcsize(form)))[0]
    return value
