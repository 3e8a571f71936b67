"""The report of a benchmark: what was measured, of what, on which machine; and the same as JSON."""

import json
import platform
from dataclasses import asdict, dataclass
from datetime import datetime

from antiphon import __version__
from antiphon.bench.figures import Measured
from antiphon.bench.machine import describe_cpu
from antiphon.cores import usable_cores


@dataclass(frozen=True)
class Setting:
    """What the figures belong to. date: ISO 8601 with its zone."""

    command: str
    server: str
    model: str
    cpu: str
    cores: int
    system: str
    version: str
    date: str


@dataclass(frozen=True)
class Report:
    """All there is to tell."""

    setting: Setting
    measured: Measured


def describe_setting(*, command: str, server: str, model: str) -> Setting:
    """This machine, now."""
    return Setting(
        command=command,
        server=server,
        model=model,
        cpu=describe_cpu(),
        cores=usable_cores(),
        system=f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        version=__version__,
        date=datetime.now().astimezone().isoformat(timespec="seconds"),
    )


def render_json(report: Report) -> str:
    """Every number, with the names of `figures.py`; gains beside the times they are made of."""
    told = asdict(report)
    measured = report.measured
    for entry, figures in zip(told["measured"]["first_tokens"], measured.first_tokens, strict=True):
        entry["gain"] = figures.gain
    if measured.draft:
        told["measured"]["draft"]["gain"] = measured.draft.gain
    return json.dumps(told, indent=1) + "\n"
