"""The parts that a message's content can be made of: text, images, audio, files, refusals."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from antiphon.schema.base import Incoming

MAX_PARTS = 4096


class CacheBreakpoint(Incoming):
    """The end of a prefix that later requests will share."""

    mode: Literal["explicit"]
    """Always `explicit`."""
    ttl: Literal["30m", "12h"] | None = None
    """How long the prefix is kept at least; that of the request without it."""


class TextPart(Incoming):
    """A piece of text."""

    type: Literal["text"]
    """Always `text`."""
    text: str
    """The text."""
    prompt_cache_breakpoint: CacheBreakpoint | None = None
    """The prompt up to the end of this part is worth keeping."""


class RefusalPart(Incoming):
    """What an assistant said when it refused."""

    type: Literal["refusal"]
    """Always `refusal`."""
    refusal: str
    """The refusal."""


class ImageUrl(Incoming):
    """Where an image is, and how closely to look at it."""

    url: str = Field(min_length=1)
    """`https://…`, or a `data:` URL that holds the image in base64."""
    detail: Literal["auto", "low", "high", "original"] | None = None
    """The resolution to look at, and so how many tokens it takes. Default `auto`."""


class ImagePart(Incoming):
    """An image."""

    type: Literal["image_url"]
    """Always `image_url`."""
    image_url: ImageUrl
    """The image."""
    prompt_cache_breakpoint: CacheBreakpoint | None = None
    """The prompt up to the end of this part is worth keeping."""


class InputAudio(Incoming):
    """A recording."""

    data: str = Field(min_length=1)
    """The recording in base64."""
    format: Literal["wav", "mp3"]
    """What the recording is encoded as."""


class AudioPart(Incoming):
    """A recording as part of what a user says."""

    type: Literal["input_audio"]
    """Always `input_audio`."""
    input_audio: InputAudio
    """The recording."""
    prompt_cache_breakpoint: CacheBreakpoint | None = None
    """The prompt up to the end of this part is worth keeping."""


class InputFile(Incoming):
    """A file, by what is in it or by the id of an upload."""

    file_data: str | None = None
    """The file in base64."""
    file_id: str | None = None
    """The id of an uploaded file."""
    filename: str | None = None
    """The file's name."""


class FilePart(Incoming):
    """A file as part of what a user says."""

    type: Literal["file"]
    """Always `file`."""
    file: InputFile
    """The file."""
    prompt_cache_breakpoint: CacheBreakpoint | None = None
    """The prompt up to the end of this part is worth keeping."""


UserPart = Annotated[TextPart | ImagePart | AudioPart | FilePart, Discriminator("type")]
AssistantPart = Annotated[TextPart | RefusalPart, Discriminator("type")]
TextParts = Annotated[list[Annotated[TextPart, Discriminator("type")]], Field(min_length=1, max_length=MAX_PARTS)]
TextContent = str | TextParts


def ends_prefix(part: UserPart | RefusalPart) -> bool:
    """Whether the prompt up to the end of this part is to be kept."""
    return not isinstance(part, RefusalPart) and part.prompt_cache_breakpoint is not None
