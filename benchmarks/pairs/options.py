"""The command line as values."""

from dataclasses import dataclass
from pathlib import Path

from antiphon.settings import Settings
from load import Generation
from pairs.case import Case
from pairs.layout import Layout


@dataclass(frozen=True)
class Options:
    """The command line."""

    program: Path
    model_file: Path
    layouts: tuple[Layout, ...]
    cases: tuple[Case, ...]
    num_pairs: int
    output_tokens: int
    requests_per_stream: int
    ban_tokens: tuple[int, ...]
    cpu_layout: str
    ours_flags: tuple[str, ...]
    theirs_flags: tuple[str, ...]
    folder: Path
    output: Path | None
    timeout_s: float
    seed: int

    @property
    def generation(self) -> Generation:
        """What every request of the streams asks for; the others begin with it."""
        return Generation(self.output_tokens, 0.0, banned_tokens=self.ban_tokens, timeout_s=self.timeout_s)

    @property
    def flags_of_ours(self) -> tuple[str, ...]:
        """Ours computes with the file as it is, so that both compute the same. A version of ours that cannot do
        otherwise has no such flag.
        """
        layout = ("--cpu-layout", self.cpu_layout) if self.cpu_layout and "cpu_layout" in Settings.model_fields else ()
        return (*layout, *self.ours_flags)
