"""The command line of structured.py as values: what it holds, not what is done with it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from antiphon.bench.client import Server
from constrained.orders import Generation

PlainChoice = Literal["none", "auto", "one"]


@dataclass(frozen=True)
class Options:
    """The command line."""

    base_url: str
    versus: str | None
    name_a: str
    name_b: str
    model: str
    model_b: str
    api_key: str | None
    concurrency: tuple[int, ...]
    requests_per_stream: int
    runs: int
    stream: bool
    temperature: float
    max_tokens: int
    fresh_schemas: bool
    vocabulary: str
    tools: bool
    num_tools: int
    tools_bytes: int
    plain_choice: PlainChoice
    timeout_s: float
    seed: int
    json_file: Path | None

    @property
    def servers(self) -> list[Server]:
        """One or two, A first."""
        a = Server(self.name_a, self.base_url, model=self.model, api_key=self.api_key)
        if not self.versus:
            return [a]
        return [a, Server(self.name_b, self.versus, model=self.model_b, api_key=self.api_key)]

    @property
    def generation(self) -> Generation:
        """How every record is to be written."""
        return Generation(self.max_tokens, self.temperature, stream=self.stream, timeout_s=self.timeout_s)
