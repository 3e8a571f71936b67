"""Whether two processes mean the same by what they say, where one may have been started from newer code."""

import hashlib
from typing import Any

import msgspec

from antiphon.engine.hosting.messages import FromHost, ToHost
from antiphon.engine.llama.messages import FromWorker, ToWorker


def build_language(*more: Any) -> str:
    """Changes when the form of any message does, of host and guest, engine and worker, or of `more` types."""
    unions, forms = msgspec.json.schema_components([ToHost, FromHost, ToWorker, FromWorker, *more])
    told = without_texts([list(unions), forms])
    return hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()


def without_texts(form: Any) -> Any:
    """What describes a form to people changes nothing."""
    if isinstance(form, dict):
        return {key: without_texts(value) for key, value in form.items() if key != "description"}
    return [without_texts(each) for each in form] if isinstance(form, list) else form
