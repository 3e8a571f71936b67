"""Every way a request or a start can fail, as one tree.

Each class carries what the wire needs (`status`, `type`, `code`); constructors take typed
fields and write their own sentence. Nobody recovers meaning by reading a message's text,
and only `server/errors.py` turns these into HTTP.

    AntiphonError
    ├── ConfigurationError            a start that cannot happen (never reaches HTTP)
    ├── NoAnswer                      what a benchmark asked a server (never reaches HTTP)
    └── ApiError
        ├── InvalidRequest            400, names the field in `param`
        │   ├── InvalidJson
    │   ├── InvalidMultipart
        │   ├── UnknownParameter
        │   ├── UnsupportedParameter
        │   ├── InvalidSchema
        │   ├── InvalidGrammar
        │   ├── GrammarTooComplex
        │   ├── ContextLengthExceeded
        │   ├── UnknownCursor
        │   ├── InvalidMedium
        │   ├── FeatureNotInstalled
        │   ├── RecordingNotFound
        │   ├── UpstreamRefused
        │   └── TemplateRefused
        ├── InvalidApiKey             401
        ├── HostNotAllowed            403
        ├── MissingScope              403
        ├── ModelNotFound             404
        ├── CompletionNotFound        404
        ├── FileNotFound              404
        ├── RouteNotFound             404
        ├── MethodNotAllowed          405
        ├── BodyTooLarge              413
        ├── FileTooLarge              413
        ├── ProjectFull               413
        ├── UnsupportedMediaType      415
        ├── QueueFull                 429, with Retry-After
        ├── MediaCrowded              429, with Retry-After
        ├── ResourceUnavailable       429, with Retry-After
        ├── UpstreamBusy              429, with Retry-After
        ├── InternalError             500
        │   └── EngineCrashed
        ├── RequestTimeout            504
        ├── UpstreamTimeout           504
        ├── UpstreamError             502
        │   └── ConstraintBroken
        └── Unavailable               503, with Retry-After
            ├── EngineLoading
            ├── UpstreamUnavailable
            ├── MediaUnavailable
            ├── ModelTooLarge         without Retry-After
            ├── StoreUnavailable
            │   └── NotStored
            └── ServerDraining
"""

from typing import ClassVar

LONGEST_MESSAGE = 1000
"""Characters. Messages say back what a client wrote, which may be of any length."""


class AntiphonError(Exception):
    """Root of everything Antiphon raises on purpose."""


class ConfigurationError(AntiphonError):
    """The server cannot start as configured; the message is the one sentence a person sees."""


class NoAnswer(AntiphonError):
    """A server that a benchmark asked did not answer; `question` says what, `reason` why."""

    def __init__(self, name: str, base_url: str, question: str, *, reason: str) -> None:
        super().__init__(f"{name} at {base_url} did not answer {question}: {reason.rstrip('.')}.")


class ApiError(AntiphonError):
    """A request that ends with an error object."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "server_error"
    code: str | None = None
    param: str | None = None
    retry_after_s: int | None = None

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}…"
        self.param = param if param is not None else self.param
        self.code = code if code is not None else self.code

    def body(self) -> dict[str, dict[str, str | None]]:
        """The wire's error object: `{"error": {message, type, param, code}}`."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


class InvalidRequest(ApiError):
    """The request itself is at fault."""

    status = 400
    type = "invalid_request_error"


class InvalidJson(InvalidRequest):
    """The body is not a JSON object."""

    code = "invalid_json"

    def __init__(self, reason: str) -> None:
        super().__init__(f"We could not parse the JSON body of your request: {reason}.")


class InvalidMultipart(InvalidRequest):
    """The body is no form of `multipart/form-data`, or no bearable one; `reason` is the end of a sentence. param: the
    form's field that it is about.
    """

    code = "invalid_multipart"

    def __init__(self, reason: str, *, param: str | None = None) -> None:
        place = "" if param is None else f" at '{param}'"
        super().__init__(f"We could not parse the multipart body of your request{place}: {reason}.", param=param)


class UnknownParameter(InvalidRequest):
    """A field that the specification does not have."""

    code = "unknown_parameter"

    def __init__(self, param: str) -> None:
        super().__init__(f"Unknown parameter: '{param}'. Leave it out, or see --unknown-fields.", param=param)


class UnsupportedParameter(InvalidRequest):
    """A field of the specification that cannot be honoured here; `advice` says what to do instead."""

    code = "unsupported_parameter"

    def __init__(self, param: str, advice: str) -> None:
        super().__init__(f"Unsupported parameter: '{param}'. {advice}", param=param)


class InvalidSchema(InvalidRequest):
    """A JSON Schema that is none, or that cannot be enforced; `pointer` is a JSON pointer, as a URI's fragment."""

    code = "invalid_json_schema"

    def __init__(self, param: str, pointer: str, reason: str) -> None:
        place = pointer if len(pointer) <= LONGEST_MESSAGE // 2 else f"{pointer[: LONGEST_MESSAGE // 2]}…"
        super().__init__(f"Invalid schema at '{place}': {reason}.", param=param)


class ContextLengthExceeded(InvalidRequest):
    """Prompt, or prompt and completion together, do not fit the model's context; counts are tokens.
    at_least: the prompt was so long that nobody counted it. told: whether tools or a schema are part of it. ours:
    whether the context is this server's to set.
    """

    code = "context_length_exceeded"
    param = "messages"

    def __init__(
        self,
        context: int,
        prompt: int,
        *,
        completion: int | None = None,
        at_least: bool = False,
        told: bool = False,
        ours: bool = True,
    ) -> None:
        messages = "messages, tools and schema" if told else "messages"
        if completion is None:
            count = f"at least {prompt}" if at_least else prompt
            reason = (
                f"your {messages} resulted in {count} tokens. Please reduce the length of the {messages}"
                f"{', or start the server with a larger --context' if ours else ''}."
            )
        else:
            reason = (
                f"you requested {prompt + completion} tokens ({prompt} in the {messages}, {completion} in the"
                f" completion). Please reduce the length of the {messages} or completion."
            )
        super().__init__(f"This model's maximum context length is {context} tokens. However, {reason}")


class InvalidGrammar(InvalidRequest):
    """A schema or grammar of the request that cannot be enforced; `reason` says why, `param` where it is."""

    code = "invalid_grammar"

    def __init__(self, param: str, reason: str) -> None:
        super().__init__(f"Invalid '{param}': {reason.rstrip('.')}.", param=param)


class GrammarTooComplex(InvalidRequest):
    """A grammar of the request, most likely that of `param`, that compiled and turned out on the way to lead nowhere,
    or to be too ambiguous.
    """

    code = "grammar_too_complex"

    def __init__(self, param: str) -> None:
        super().__init__(
            f"The answer came to where nothing can follow by '{param}', or where that is too complex to go on with."
            " Simplify it.",
            param=param,
        )


class UnknownCursor(InvalidRequest):
    """A place to go on from that is none."""

    code = "invalid_value"
    param = "after"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Invalid value for 'after': there is no '{name}' to go on from. Give the 'last_id' of a page."
        )


class TemplateRefused(InvalidRequest):
    """The model's chat template raised on purpose, for example over an order of roles it cannot write."""

    code = "invalid_messages"
    param = "messages"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The model's chat template refused these messages: {reason}")


class InvalidMedium(InvalidRequest):
    """An image, recording or file that cannot be used. kind: `image`, `audio`, `file`. param: its place in the request.
    reason: the end of a sentence.
    """

    def __init__(self, kind: str, param: str, reason: str) -> None:
        named = {"audio": "recording"}.get(kind, kind)
        super().__init__(f"The {named} at '{param}' {reason}.", param=param, code=f"invalid_{kind}")


class FeatureNotInstalled(InvalidRequest):
    """Something that is asked for needs an extra of the package; `extra` is the name that pip knows it by."""

    code = "feature_not_installed"

    def __init__(self, param: str, extra: str) -> None:
        advice = f"Install it where the server runs: pip install 'antiphon[{extra}]'"
        super().__init__(f"What '{param}' asks for is not installed here. {advice}", param=param)


class RecordingNotFound(InvalidRequest):
    """A spoken answer of before that is not known, or not any more."""

    code = "audio_not_found"

    def __init__(self, name: str, param: str | None = None) -> None:
        advice = "It has expired, or never was; send what was said as 'content' instead."
        super().__init__(f"There is no spoken answer with the id '{name}'. {advice}", param=param)
        self.name = name


class UpstreamRefused(InvalidRequest):
    """The engine behind a model refused the request as such; `reason` is what it said. code: what it called it."""

    code = "upstream_refused"

    def __init__(self, model: str, reason: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(f"The engine behind '{model}' refused the request: {reason}", param=param, code=code)


class InvalidApiKey(ApiError):
    """No key, or a wrong one, where keys are asked for."""

    status = 401
    type = "invalid_request_error"
    code = "invalid_api_key"

    def __init__(self, *, given: bool) -> None:
        super().__init__(
            "Incorrect API key provided."
            if given
            else "You didn't provide an API key. Send it in an Authorization header: 'Authorization: Bearer YOUR_KEY'."
        )


class HostNotAllowed(ApiError):
    """A Host header that is not this machine, on a server that is only for this machine (DNS rebinding)."""

    status = 403
    type = "invalid_request_error"
    code = "host_not_allowed"

    def __init__(self) -> None:
        super().__init__(
            "This server listens for local use only and refuses a Host header that names another machine."
            " To serve others, start it with --host and --api-key."
        )


class MissingScope(ApiError):
    """A key that may not do this."""

    status = 403
    type = "invalid_request_error"
    code = "missing_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"You have insufficient permissions for this operation: the key lacks the scope '{scope}'."
            f" Make one that has it: antiphon keys create --scope {scope}"
        )


class ModelNotFound(ApiError):
    """No model and no alias of that name."""

    status = 404
    type = "invalid_request_error"
    code = "model_not_found"
    param = "model"

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(
            f"The model '{name}' does not exist here. Available: {', '.join(known)}."
            f" To answer under that name, start the server with --alias '{name}={known[0]}'."
        )


class CompletionNotFound(ApiError):
    """No stored completion of that id in the caller's project."""

    status = 404
    type = "invalid_request_error"
    code = "completion_not_found"
    param = "completion_id"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No stored completion has the id '{name}'. Only completions created with 'store' set to true are kept."
        )


class FileNotFound(ApiError):
    """No uploaded file of that id in the caller's project, or none any more. param: where a request named it."""

    status = 404
    type = "invalid_request_error"
    code = "file_not_found"
    param = "file_id"

    def __init__(self, name: str, *, param: str | None = None) -> None:
        super().__init__(f"No such File object: {name}.", param=param)


class RouteNotFound(ApiError):
    """No such path."""

    status = 404
    type = "invalid_request_error"
    code = "unknown_url"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"Unknown request URL: {method} {path}. The API lives under /v1; see /docs.")


class MethodNotAllowed(ApiError):
    """A known path, another method."""

    status = 405
    type = "invalid_request_error"
    code = "method_not_allowed"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"Not allowed: {method} on {path}.")


class BodyTooLarge(ApiError):
    """More bytes than the server takes."""

    status = 413
    type = "invalid_request_error"
    code = "request_too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The request body is over the limit of {limit_bytes} bytes (--max-body-bytes).")


class FileTooLarge(ApiError):
    """A file of more bytes than it may have. flag: the setting that says so, if one does."""

    status = 413
    type = "invalid_request_error"
    code = "file_too_large"
    param = "file"

    def __init__(self, limit_bytes: int, *, flag: str | None = "--max-file-bytes") -> None:
        told = f" ({flag})" if flag else ""
        super().__init__(f"The file is over the limit of {limit_bytes} bytes{told}.")


class ProjectFull(ApiError):
    """A file that does not fit beside those that its project has."""

    status = 413
    type = "invalid_request_error"
    code = "storage_limit_exceeded"
    param = "file"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The files of your project would be over the limit of {limit_bytes} bytes together (--max-project-bytes)."
            " Delete some, or let new ones expire."
        )


class UnsupportedMediaType(ApiError):
    """A body that does not say it is what is taken: JSON, or `expected`."""

    status = 415
    type = "invalid_request_error"
    code = "unsupported_media_type"

    def __init__(self, content_type: str, *, expected: str = "application/json") -> None:
        super().__init__(f"Unsupported content type '{content_type}': send '{expected}'.")


class QueueFull(ApiError):
    """More requests wait than the server lets wait."""

    status = 429
    type = "rate_limit_error"
    code = "queue_full"
    retry_after_s = 1

    def __init__(self, limit: int) -> None:
        super().__init__(f"Too many requests: {limit} completions are waiting already (--queue). Try again soon.")


class MediaCrowded(ApiError):
    """Too many images, recordings and files wait to be read."""

    status = 429
    type = "rate_limit_error"
    code = "media_queue_full"
    retry_after_s = 1

    def __init__(self) -> None:
        super().__init__("Too many images, recordings and files are waiting to be read; try again later.")


class ResourceUnavailable(ApiError):
    """A flex request where too many wait already: flex takes what others leave."""

    status = 429
    type = "rate_limit_error"
    code = "resource_unavailable"
    retry_after_s = 10

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"No capacity is left for flex: {limit} completions of this tier are waiting already (--queue). Try again"
            " later, or with 'service_tier' default."
        )


class UpstreamBusy(ApiError):
    """The engine behind a model takes no more just now, or is not to be given more; seconds until it may."""

    status = 429
    type = "rate_limit_error"
    code = "upstream_busy"

    def __init__(self, model: str, *, retry_after_s: int = 1) -> None:
        super().__init__(f"The engine behind '{model}' has as much to do as it takes. Try again soon.")
        self.retry_after_s = retry_after_s


class InternalError(ApiError):
    """A fault of ours. The message never carries a path or a traceback; the log does."""

    code = "internal_error"

    def __init__(self, message: str = "The server had an error while processing your request.") -> None:
        super().__init__(message)


class EngineCrashed(InternalError):
    """The process that computed this completion ended; a new one is being started."""

    code = "engine_crashed"

    def __init__(self) -> None:
        super().__init__("The engine stopped while working on this completion. A new one is starting; try again.")


class RequestTimeout(ApiError):
    """A completion that took longer than the server lets one take."""

    status = 504
    code = "request_timeout"

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"The completion took longer than {limit_s:g} seconds (--request-timeout) and was stopped.")


class UpstreamTimeout(ApiError):
    """The engine behind a model said nothing for as long as it may."""

    status = 504
    code = "upstream_timeout"

    def __init__(self, model: str, limit_s: float) -> None:
        super().__init__(f"The engine behind '{model}' said nothing for {limit_s:g} seconds.")
        self.reason = f"it said nothing for {limit_s:g} seconds"


class UpstreamError(ApiError):
    """The engine behind a model failed, or answered what is no answer; `reason` says how."""

    status = 502
    code = "upstream_error"

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(f"The engine behind '{model}' {reason.rstrip('.')}.")
        self.reason = f"it {reason.rstrip('.')}"


class ConstraintBroken(UpstreamError):
    """The engine behind a model answered something else than the request allows."""

    code = "constraint_broken"

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(model, f"did not keep to what the request asks for: {reason}")


class Unavailable(ApiError):
    """The server cannot take this request now."""

    status = 503
    code = "unavailable"
    retry_after_s: int | None = 5


class EngineLoading(Unavailable):
    """The model is not ready; `reason` says why."""

    code = "model_loading"

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(f"The model '{model}' is not ready: {reason}.")


class UpstreamUnavailable(Unavailable):
    """No engine behind a model can be reached; `reason` says why."""

    code = "upstream_unavailable"

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(f"The engine behind '{model}' cannot be reached: {reason.rstrip('.')}.")
        self.reason = reason.rstrip(".")


class MediaUnavailable(Unavailable):
    """What hears or speaks needs something that cannot be had now; why is for who runs the server."""

    code = "media_unavailable"

    def __init__(self, param: str) -> None:
        super().__init__(f"What '{param}' asks for cannot be done now; the server's log says why.", param=param)


class ModelTooLarge(Unavailable):
    """The model alone takes more memory than all models may take together; both in bytes."""

    code = "model_too_large"
    param = "model"
    retry_after_s = None

    def __init__(self, model: str, num_bytes: int, limit_bytes: int) -> None:
        super().__init__(
            f"The model '{model}' takes about {num_bytes:,} bytes of memory, more than the {limit_bytes:,} of"
            " --memory-limit. Start the server with a higher one, or with a smaller --context or --parallel."
        )


class StoreUnavailable(Unavailable):
    """The database cannot do it now; `reason` says why."""

    code = "store_unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The store is not available: {reason}.")
        self.reason = reason


class NotStored(StoreUnavailable):
    """The completion was produced, and could not be stored as the request asked."""

    code = "completion_not_stored"
    param = "store"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.message = f"The completion was produced but not stored: {reason}. Ask again later, or without 'store'."


class ServerDraining(Unavailable):
    """The server is shutting down and takes nothing new."""

    code = "server_shutting_down"

    def __init__(self) -> None:
        super().__init__("The server is shutting down and takes no new requests.")
