"""Fetches a model that listens from the Hugging Face hub, once; where the hub is away, what was fetched before is used.

Every failure is a sentence of ours.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from antiphon.media.absent import AbsentError

OnProgress = Callable[[int, int], None]
"""Told how many bytes are here, and of how many as far as is known yet. Called from several threads."""

FILES = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]


class WeightsError(AbsentError):
    """reason: why there is no model, and what to do, in whole sentences for whoever started the server."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def pull(repo: str, *, cache: Path | None, endpoint: str | None, on_progress: OnProgress | None) -> Path:
    """The folder with the files of a repository. Raises `WeightsError`."""
    import httpx2  # noqa: PLC0415 (what huggingface_hub asks with)
    from huggingface_hub import errors, snapshot_download  # noqa: PLC0415 (half a second to import)

    try:
        meter = build_meter(on_progress)
        return Path(snapshot_download(repo, cache_dir=cache, endpoint=endpoint, allow_patterns=FILES, tqdm_class=meter))
    except errors.GatedRepoError:
        said = f"'{repo}' is gated: accept its terms at https://huggingface.co/{repo}, and set HF_TOKEN to your token."
    except errors.RepositoryNotFoundError:
        said = f"The hub has no repository '{repo}', or it is private: check its name, or set HF_TOKEN."
    except errors.LocalEntryNotFoundError:
        said = (
            "The hub cannot be reached, and the model was not fetched before: check the connection, HF_ENDPOINT and"
            " HF_HUB_OFFLINE."
        )
    except errors.HfHubHTTPError as error:
        said = f"The hub answers {error.response.status_code} just now; try again later."
    except httpx2.HTTPError:
        said = "The connection to the hub broke; try again, and it goes on where it was."
    except (OSError, ValueError) as error:
        said = (
            f"It cannot be kept here: {getattr(error, 'strerror', None) or 'what came is not what the hub promised'}."
        )
    raise WeightsError(f"Cannot get the speech model '{repo}'. {said}")


def build_meter(on_progress: OnProgress | None) -> type[Any]:
    """A progress bar as `huggingface_hub` wants one, which shows nothing and tells of bytes.

    It makes three: of bytes that came over the network, of bytes that are here, which count, and of whole files.
    """

    class Meter(Silent):
        def update(self, n: float | None = 1) -> None:
            """So many more."""
            self.n += n or 0
            if on_progress is not None and self.unit == "B" and self.desc.startswith("Reconstructing"):
                on_progress(int(self.n), int(self.total))

    return Meter


class Silent:
    """As much of a progress bar as is asked for."""

    def __init__(self, *_: Any, total: float | None = 0, initial: float = 0, **options: Any) -> None:
        self.total, self.n = total or 0, initial
        self.unit, self.desc = options.get("unit"), str(options.get("desc"))
        self.format_dict: dict[str, Any] = {}

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None  # refresh, close, set_description and the like
