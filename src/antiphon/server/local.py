"""From settings to the models that are computed on this machine: which they are, who keeps the worker of each, and the
engine that answers for it. Knows no HTTP, so that a process without any can use it.
"""

from functools import partial

from antiphon.dialect.template import Template
from antiphon.dialect.templates import load_template
from antiphon.engine.llama.config import WorkerConfig
from antiphon.engine.llama.engine import LlamaEngine, build_template
from antiphon.engine.llama.source import check, find_files
from antiphon.engine.llama.supervision import Supervision
from antiphon.engine.llama.upkeep import Upkeep
from antiphon.settings import Settings
from antiphon.upstreams import is_address


def local_models(settings: Settings) -> dict[str, str]:
    """Their sources, by name."""
    if settings.engine != "llama":
        return {}
    return {name: source for name, source in settings.model.items() if not is_address(source)}


def build_supervision(settings: Settings, name: str, source: str) -> Supervision:
    """Who keeps its worker. Raises `ConfigurationError`, also for a model that nobody needs yet."""
    check(source)
    template = find_template(settings, name)
    can_be_used = partial(build_template, template=template)
    return Supervision(name, partial(find_files, source), build_config(settings), check=can_be_used)


def build_llama(settings: Settings, name: str, upkeep: Upkeep) -> LlamaEngine:
    """Who answers for it. Raises `ConfigurationError`."""
    template = find_template(settings, name)
    return LlamaEngine(name, upkeep, template=template, stores_prompts=settings.disk_cache_bytes > 0)


def find_template(settings: Settings, name: str) -> str | None:
    """The chat template that was chosen for a model, if any was. Raises `ConfigurationError`."""
    chosen = settings.chat_template.get(name)
    return Template(load_template(chosen)).source if chosen else None


def build_config(settings: Settings) -> WorkerConfig:
    """What workers are told, but for the model and where to listen."""
    data = settings.data_dir.expanduser()
    return WorkerConfig(
        socket_path="",
        model_path="",
        context=settings.context,
        parallel=settings.parallel,
        queue=settings.queue,
        threads=settings.threads,
        cache_bytes=settings.cache_bytes,
        flash_attention=settings.flash_attention,
        tuning_folder=str(data / "tuning"),
        kv_type=settings.kv_type,
        deterministic=settings.deterministic,
        draft=settings.draft,
        disk_folder=str(data / "prompts"),
        disk_bytes=settings.disk_cache_bytes,
        cpu_layout=settings.cpu_layout,
        layouts_folder=str(data / "layouts"),
    )
