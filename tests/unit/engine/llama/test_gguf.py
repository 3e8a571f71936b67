"""What a model will take, guessed from the head of its file."""

import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.llama.config import DEFAULT_CONTEXT, KvType, WorkerConfig
from antiphon.engine.llama.gguf import BESIDE_BYTES, WITHOUT_HEAD, estimate_bytes
from antiphon.engine.llama.source import bundled

SMALL = {"block_count": 2, "embedding_length": 64, "attention.head_count": 4, "context_length": 1024}
U32, TEXT, LIST = 4, 8, 9


def config(context: int | None = 512, parallel: int = 2, kv_type: KvType = "f16") -> WorkerConfig:
    """Room for so many sequences."""
    return WorkerConfig(
        socket_path="", model_path="", context=context, parallel=parallel, queue=0, threads=None, cache_bytes=0,
        flash_attention="auto", tuning_folder="", cpu_layout="auto", layouts_folder="", kv_type=kv_type,
    )  # fmt: skip


def text(value: str) -> bytes:
    """As GGUF writes it."""
    return struct.pack("<Q", len(value)) + value.encode()


def value(said: Any) -> bytes:
    """A text, a number, or a list of numbers, with its type."""
    if isinstance(said, str):
        return struct.pack("<I", TEXT) + text(said)
    if isinstance(said, list):
        return struct.pack("<IIQ", LIST, U32, len(said)) + b"".join(struct.pack("<I", each) for each in said)
    return struct.pack("<II", U32, said)


def head(**fields: Any) -> bytes:
    """The beginning of a file with these values of its architecture, and a vocabulary behind them that is cut off."""
    pairs = {"general.architecture": "llama", **{f"llama.{key}": said for key, said in fields.items()}}
    said = b"".join(text(key) + value(each) for key, each in pairs.items())
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(pairs) + 1) + said + text("tokenizer.ggml.tokens") + b"\x09"


FILES: dict[str, tuple[dict[str, Any], int]] = {
    # what a file says, bytes of a token in its KV cache
    "as many keys as heads": (SMALL, 2 * 4 * (16 + 16) * 2),
    "fewer keys than heads": ({**SMALL, "attention.head_count_kv": 1}, 2 * 1 * (16 + 16) * 2),
    "another number in each layer": ({**SMALL, "attention.head_count_kv": [0, 3]}, 3 * (16 + 16) * 2),
    "keys and values of their own width": (
        {**SMALL, "attention.key_length": 24, "attention.value_length": 8}, 2 * 4 * (24 + 8) * 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_cache_is_reckoned_from_the_shape(tmp_path: Path, name: str) -> None:
    """File, a cache of all tokens of all sequences, and something beside."""
    fields, token_bytes = FILES[name]
    path = tmp_path / "m.gguf"
    path.write_bytes(head(**fields))
    beside = path.stat().st_size + BESIDE_BYTES
    assert estimate_bytes(path, config(512, 2)) == beside + 2 * 512 * token_bytes
    assert estimate_bytes(path, config(None, 1)) == beside + 1024 * token_bytes
    assert estimate_bytes(path, config(512, 2, "q8_0")) == beside + 512 * token_bytes * 34 // 32


def test_the_bundled_model() -> None:
    """22.5 KiB a token, and up to 8192 tokens unless told otherwise, as documented."""
    size = bundled().stat().st_size
    assert estimate_bytes(bundled(), config(None, 8)) == size + BESIDE_BYTES + 8 * DEFAULT_CONTEXT * 22.5 * 1024


GOOD = head(**SMALL)


@pytest.mark.parametrize(
    "content", [b"", b"GGUF", b"text", GOOD[:60], head(block_count=2), head(**{**SMALL, "attention.head_count": 0})]
)
def test_a_head_that_tells_nothing(tmp_path: Path, content: bytes) -> None:
    """Where the shape is not to be had, the size of the file must do."""
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    assert estimate_bytes(path, config()) == int(len(content) * WITHOUT_HEAD)


def test_a_model_in_several_files(tmp_path: Path) -> None:
    """All of them count, and the first tells the shape."""
    for number in (1, 2, 3):
        (tmp_path / f"m-0000{number}-of-00003.gguf").write_bytes(b"x" * 100)
    assert estimate_bytes(tmp_path / "m-00001-of-00003.gguf", config()) == int(300 * WITHOUT_HEAD)


@given(st.binary(max_size=200), st.integers(0, len(GOOD)), st.integers(0, 20))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, noise: bytes, start: int, length: int) -> None:
    """Whatever a file has in it, there is an estimate."""
    path = tmp_path_factory.mktemp("any") / "m.gguf"
    path.write_bytes(GOOD[:start] + noise + GOOD[start + length :])
    assert estimate_bytes(path, config()) > 0
