"""`antiphon bench` of the real model."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.model.processes import Server

LIMIT_S = 300


def test_a_benchmark_of_the_model(server: Server, tmp_path: Path) -> None:
    """Prompts have about the wanted length and are new, the same once more comes out of the cache, and every length
    is measured or said to be left out.
    """
    given = ("--base-url", f"{server.url}/v1", "--seconds", "20", "--output", "report.json")
    command = [sys.executable, "-m", "antiphon", "bench", *given]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert ended.returncode == 0, ended.stderr
    measured: dict[str, Any] = json.loads((tmp_path / "report.json").read_text())["measured"]
    assert measured["throughputs"][0]["num_streams"] == 1
    assert all(one["tokens_per_s"] > 0 and one["num_failed"] == 0 for one in measured["throughputs"])
    lengths = [one["prompt_tokens"] for one in measured["first_tokens"]]
    wanted = (100, 500, 1000, 2000, 4000)
    assert lengths and all(abs(got / asked - 1) < 0.15 for got, asked in zip(lengths, wanted, strict=False))
    for one in measured["first_tokens"]:
        assert one["cached_tokens"] > 0.9 * one["prompt_tokens"]
    for first_left_out in wanted[len(lengths) :][:1]:
        assert any(sentence.startswith(f"A prompt of {first_left_out} tokens") for sentence in measured["skipped"])
    if measured["draft"]:
        assert measured["draft"]["outcome"] in ("used", "ignored")
