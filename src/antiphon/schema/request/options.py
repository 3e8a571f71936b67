"""What a request may ask for beside a text: formats, audio, predictions, moderation, search, caching."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from antiphon.schema.base import FunctionName, Incoming, JsonObject
from antiphon.schema.request.parts import TextContent


class StreamOptions(Incoming):
    """What a stream carries beside its deltas."""

    include_usage: bool | None = None
    """A last chunk without choices has the usage of the whole request. Default false."""
    include_obfuscation: bool | None = None
    """Chunks are padded to like sizes, so that sizes do not tell a listener what was said. Default true."""


class TextResponse(Incoming):
    """An answer in free text."""

    type: Literal["text"]
    """Always `text`."""


class JsonObjectResponse(Incoming):
    """An answer that is a JSON object."""

    type: Literal["json_object"]
    """Always `json_object`."""


class JsonSchema(Incoming):
    """The schema of an answer."""

    name: FunctionName
    """Of a-z, A-Z, 0-9, underscores and dashes, at most 64."""
    description: str | None = None
    """What the answer is for."""
    schema_: JsonObject | None = Field(None, alias="schema")
    """The JSON Schema."""
    strict: bool | None = None
    """Whether the answer must follow the schema exactly."""


class JsonSchemaResponse(Incoming):
    """An answer that follows a JSON Schema."""

    type: Literal["json_schema"]
    """Always `json_schema`."""
    json_schema: JsonSchema
    """The schema."""


ResponseFormat = Annotated[TextResponse | JsonObjectResponse | JsonSchemaResponse, Discriminator("type")]


class CustomVoice(Incoming):
    """A voice of one's own."""

    id: str = Field(min_length=1)
    """Its id."""


class AudioOutput(Incoming):
    """How an answer is to be spoken."""

    voice: Annotated[str, Field(min_length=1)] | CustomVoice
    """The voice, by name or id."""
    format: Literal["wav", "aac", "mp3", "flac", "opus", "pcm16"]
    """What the recording is encoded as."""


class Prediction(Incoming):
    """What the answer will probably be, mostly."""

    type: Literal["content"]
    """Always `content`."""
    content: TextContent
    """The text predicted."""


class ModerationRule(Incoming):
    """What becomes of a text that is flagged."""

    mode: Literal["score", "block"]
    """`score` reports, `block` withholds."""


class ModerationPolicy(Incoming):
    """What becomes of what is flagged."""

    input: ModerationRule | None = None
    """For the request."""
    output: ModerationRule | None = None
    """For the answer."""


class Moderation(Incoming):
    """That request and answer are to be moderated."""

    model: str = Field(min_length=1)
    """The model that moderates."""
    policy: ModerationPolicy | None = None
    """What becomes of what is flagged."""


class Place(Incoming):
    """Roughly where somebody is."""

    city: str | None = None
    """Such as `San Francisco`."""
    country: str | None = None
    """Two letters of ISO 3166-1, such as `US`."""
    region: str | None = None
    """Such as `California`."""
    timezone: str | None = None
    """Of the IANA's, such as `America/Los_Angeles`."""


class UserLocation(Incoming):
    """Where the user is."""

    type: Literal["approximate"]
    """Always `approximate`."""
    approximate: Place
    """The place."""


class WebSearchOptions(Incoming):
    """That the web is to be searched, and how."""

    search_context_size: Literal["low", "medium", "high"] | None = None
    """How much of what is found the model gets to read. Default `medium`."""
    user_location: UserLocation | None = None
    """Where the user is."""


class PromptCacheOptions(Incoming):
    """Which prefixes of prompts are kept, and how long."""

    mode: Literal["implicit", "explicit"] | None = None
    """`implicit` keeps what pays; `explicit` only what breakpoints mark. Default `implicit`."""
    ttl: Literal["30m"] | None = None
    """How long at least. Default `30m`."""
