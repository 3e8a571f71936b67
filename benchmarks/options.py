"""The command line as values: what it holds, and how its texts are read.

It knows what each option is, not what it is called by or what is done with it. A text that cannot be read is refused
here with a sentence, before any server is asked.
"""

from dataclasses import dataclass
from pathlib import Path

import click

from antiphon.bench.client import Server
from load import Generation


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
    prompt_tokens: int
    output_tokens: int
    requests_per_stream: int
    runs: int
    temperature: float
    ban_tokens: tuple[int, ...]
    neighbours: int
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
        """What every request asks for."""
        return Generation(self.output_tokens, self.temperature, banned_tokens=self.ban_tokens, timeout_s=self.timeout_s)


def parse_numbers(_context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    """Whole numbers with commas between; none from an empty string."""
    least = 1 if parameter.name == "concurrency" else 0
    try:
        numbers = tuple(int(part) for part in value.split(",") if part.strip())
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a list of whole numbers like 0,2") from error
    if any(number < least for number in numbers):
        raise click.BadParameter(f"no number may be below {least}")
    return numbers


def parse_file(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path | None:
    """A file in a folder that exists: better learned now than after the measurement."""
    if value and not value.parent.is_dir():
        raise click.BadParameter(f"there is no folder {value.parent}")
    return value


def parse_url(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """An address with a scheme, without the last slash."""
    if value is not None and not value.startswith(("http://", "https://")):
        raise click.BadParameter(f"{value!r} does not begin with http:// or https://")
    return value and value.rstrip("/")
