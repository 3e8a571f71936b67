"""Bad fields beside sampling: identifiers, metadata, formats, audio, predictions, caching, moderation, search."""

from tests.unit.schema.request.cases.base import MISSING, TYPE, UNKNOWN, VALUE, WORD_65, Bad, Fields

SPOKEN: Fields = {"modalities": ["text", "audio"]}


def schema(**more: object) -> Fields:
    """A response format with these parts of a JSON schema."""
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "a", **more}}}


def location(**more: object) -> Fields:
    """A search with these parts of a user's location."""
    return {"web_search_options": {"user_location": more}}


BAD_OPTIONS: list[Bad] = [
    ({"metadata": []}, TYPE, "metadata"),
    ({"metadata": "a"}, TYPE, "metadata"),
    ({"metadata": {"a": 1}}, TYPE, "metadata.a"),
    ({"metadata": {"a": None}}, TYPE, "metadata.a"),
    ({"metadata": {"a": {"b": "c"}}}, TYPE, "metadata.a"),
    ({"metadata": {WORD_65: "a"}}, VALUE, f"metadata.{WORD_65}"),
    ({"metadata": {"a": "v" * 513}}, VALUE, "metadata.a"),
    ({"metadata": {str(number): "a" for number in range(17)}}, VALUE, "metadata"),
    *(
        ({identifier: value}, code, identifier)
        for identifier in ("user", "safety_identifier", "prompt_cache_key")
        for value, code in [(WORD_65, VALUE), (5, TYPE), (True, TYPE), ([], TYPE), ({}, TYPE)]
    ),
    *(({"store": value}, TYPE, "store") for value in (1, "true", [])),
    *(
        ({field: value}, VALUE, field)
        for field in ("verbosity", "reasoning_effort", "service_tier", "prompt_cache_retention")
        for value in ("", "gold", "LOW", 1, True, [], {})
    ),
    ({"verbosity": "none"}, VALUE, "verbosity"),
    ({"prompt_cache_retention": "in-memory"}, VALUE, "prompt_cache_retention"),

    ({"response_format": "json"}, TYPE, "response_format"),
    ({"response_format": ["text"]}, TYPE, "response_format"),
    ({"response_format": {}}, MISSING, "response_format.type"),
    ({"response_format": {"type": "xml"}}, VALUE, "response_format.type"),
    ({"response_format": {"type": None}}, VALUE, "response_format.type"),
    ({"response_format": {"type": ["text"]}}, VALUE, "response_format.type"),
    ({"response_format": {"type": "text", "json_schema": {}}}, UNKNOWN, "response_format.json_schema"),
    ({"response_format": {"type": "json_object", "schema": {}}}, UNKNOWN, "response_format.schema"),
    ({"response_format": {"type": "json_schema"}}, MISSING, "response_format.json_schema"),
    ({"response_format": {"type": "json_schema", "json_schema": []}}, TYPE, "response_format.json_schema"),
    ({"response_format": {"type": "json_schema", "json_schema": {}}}, MISSING, "response_format.json_schema.name"),
    ({"response_format": {"type": "json_schema", "name": "a"}}, UNKNOWN, "response_format.name"),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "a"}, "x": 1}}, UNKNOWN, "response_format.x"),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": True}, "strict": True}},
     UNKNOWN, "response_format.strict"),
    (schema(name=""), VALUE, "response_format.json_schema.name"),
    (schema(name="a b"), VALUE, "response_format.json_schema.name"),
    (schema(name=WORD_65), VALUE, "response_format.json_schema.name"),
    (schema(name="a\n"), VALUE, "response_format.json_schema.name"),
    (schema(name=5), TYPE, "response_format.json_schema.name"),
    (schema(schema=[]), TYPE, "response_format.json_schema.schema"),
    (schema(schema=True), TYPE, "response_format.json_schema.schema"),
    (schema(schema_={}), UNKNOWN, "response_format.json_schema.schema_"),
    (schema(strict=1), TYPE, "response_format.json_schema.strict"),
    (schema(description=[]), TYPE, "response_format.json_schema.description"),

    ({"modalities": []}, VALUE, "modalities"),
    ({"modalities": "text"}, TYPE, "modalities"),
    ({"modalities": ["video"]}, VALUE, "modalities[0]"),
    ({"modalities": ["text", 1]}, VALUE, "modalities[1]"),
    ({"modalities": ["text", "audio", "text"]}, VALUE, "modalities"),
    ({"audio": []}, TYPE, "audio"),
    (SPOKEN | {"audio": {}}, MISSING, "audio.voice"),
    (SPOKEN | {"audio": {"voice": "alloy"}}, MISSING, "audio.format"),
    (SPOKEN | {"audio": {"format": "wav"}}, MISSING, "audio.voice"),
    (SPOKEN | {"audio": {"voice": "", "format": "wav"}}, VALUE, "audio.voice"),
    (SPOKEN | {"audio": {"voice": 5, "format": "wav"}}, TYPE, "audio.voice"),
    (SPOKEN | {"audio": {"voice": {}, "format": "wav"}}, MISSING, "audio.voice.id"),
    (SPOKEN | {"audio": {"voice": {"id": ""}, "format": "wav"}}, VALUE, "audio.voice.id"),
    (SPOKEN | {"audio": {"voice": {"id": 5}, "format": "wav"}}, TYPE, "audio.voice.id"),
    (SPOKEN | {"audio": {"voice": {"id": "v", "name": "a"}, "format": "wav"}}, UNKNOWN, "audio.voice.name"),
    (SPOKEN | {"audio": {"voice": "alloy", "format": "ogg"}}, VALUE, "audio.format"),
    (SPOKEN | {"audio": {"voice": "alloy", "format": "wav", "speed": 2}}, UNKNOWN, "audio.speed"),

    ({"prediction": "a"}, TYPE, "prediction"),
    ({"prediction": {}}, MISSING, "prediction.type"),
    ({"prediction": {"type": "content"}}, MISSING, "prediction.content"),
    ({"prediction": {"type": "text", "content": "a"}}, VALUE, "prediction.type"),
    ({"prediction": {"type": "content", "content": None}}, TYPE, "prediction.content"),
    ({"prediction": {"type": "content", "content": 5}}, TYPE, "prediction.content"),
    ({"prediction": {"type": "content", "content": []}}, VALUE, "prediction.content"),
    ({"prediction": {"type": "content", "content": ["a"]}}, TYPE, "prediction.content[0]"),
    ({"prediction": {"type": "content", "content": [{"type": "text"}]}}, MISSING, "prediction.content[0].text"),
    ({"prediction": {"type": "content", "content": [{"type": "refusal"}]}}, VALUE, "prediction.content[0].type"),
    ({"prediction": {"type": "content", "content": "a", "text": "b"}}, UNKNOWN, "prediction.text"),

    ({"prompt_cache_options": True}, TYPE, "prompt_cache_options"),
    ({"prompt_cache_options": {"mode": "x"}}, VALUE, "prompt_cache_options.mode"),
    ({"prompt_cache_options": {"ttl": "12h"}}, VALUE, "prompt_cache_options.ttl"),
    ({"prompt_cache_options": {"ttl": 30}}, VALUE, "prompt_cache_options.ttl"),
    ({"prompt_cache_options": {"key": "a"}}, UNKNOWN, "prompt_cache_options.key"),

    ({"moderation": True}, TYPE, "moderation"),
    ({"moderation": {}}, MISSING, "moderation.model"),
    ({"moderation": {"model": ""}}, VALUE, "moderation.model"),
    ({"moderation": {"model": 5}}, TYPE, "moderation.model"),
    ({"moderation": {"model": "m", "mode": "block"}}, UNKNOWN, "moderation.mode"),
    ({"moderation": {"model": "m", "policy": "x"}}, TYPE, "moderation.policy"),
    ({"moderation": {"model": "m", "policy": {"both": {}}}}, UNKNOWN, "moderation.policy.both"),
    *(
        ({"moderation": {"model": "m", "policy": {side: rule}}}, code, f"moderation.policy.{side}{place}")
        for side in ("input", "output")
        for rule, code, place in [
            ({}, MISSING, ".mode"), ({"mode": "warn"}, VALUE, ".mode"), ({"mode": 1}, VALUE, ".mode"),
            ("block", TYPE, ""), ({"mode": "block", "threshold": 1}, UNKNOWN, ".threshold"),
        ]
    ),

    ({"web_search_options": True}, TYPE, "web_search_options"),
    ({"web_search_options": {"depth": 1}}, UNKNOWN, "web_search_options.depth"),
    ({"web_search_options": {"search_context_size": "x"}}, VALUE, "web_search_options.search_context_size"),
    ({"web_search_options": {"user_location": "US"}}, TYPE, "web_search_options.user_location"),
    (location(), MISSING, "web_search_options.user_location.type"),
    (location(type="exact", approximate={}), VALUE, "web_search_options.user_location.type"),
    (location(type="approximate"), MISSING, "web_search_options.user_location.approximate"),
    (location(type="approximate", approximate="US"), TYPE, "web_search_options.user_location.approximate"),
    *(
        (location(type="approximate", approximate={field: 5}), TYPE,
         f"web_search_options.user_location.approximate.{field}")
        for field in ("city", "country", "region", "timezone")
    ),
    (location(type="approximate", approximate={"zip": "5"}), UNKNOWN,
     "web_search_options.user_location.approximate.zip"),
    (location(type="approximate", city="Paris", approximate={}), UNKNOWN, "web_search_options.user_location.city"),
]  # fmt: skip
