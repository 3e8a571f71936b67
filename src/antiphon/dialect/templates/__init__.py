"""Chat templates of ours, one for each family in its published format, for model files with none or a broken one."""

from pathlib import Path

from antiphon.errors import ConfigurationError

FOLDER = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.jinja")))


def load_template(source: str) -> str:
    """One of ours by its name, or the text of a file. Raises `ConfigurationError`."""
    if source in NAMES:
        return (FOLDER / f"{source}.jinja").read_text()
    try:
        return Path(source).expanduser().read_text()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(
            f"--chat-template: '{source}' is neither a file that can be read, nor one of {', '.join(NAMES)}."
        ) from None
