"""Questions to a target by the official package. Each answer's form is checked, and each is held against the table of
parameters: what the target cannot do, it must say.
"""

from collections.abc import Set
from typing import Any

import openai
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from antiphon.capability import Capability
from tests.conformance.form import Json, check_chunks, check_completion
from tests.conformance.table import hold_headers, hold_refusal
from tests.conformance.targets import Target
from tests.model.ask import Answer, Ask, build_request


class Asker(Ask):
    """needed: what the test cannot do without; it ends with `Told` where the target lacks it and says so."""

    def __init__(self, client: openai.OpenAI, target: Target, needed: Set[Capability]) -> None:
        super().__init__(client)
        self.target = target
        self.needed = needed

    def completion(self, text: str = "", **fields: Any) -> ChatCompletion:
        """The package's own object."""
        answer: ChatCompletion = self._create(build_request(text, fields))
        check_completion(answer.to_dict(), build_wire(text, fields))
        return answer

    def chunks(self, text: str = "", **fields: Any) -> list[ChatCompletionChunk]:
        """The same of a stream, with usage unless the fields say otherwise."""
        fields = {"stream": True, "stream_options": {"include_usage": True}, **fields}
        chunks: list[ChatCompletionChunk] = list(self._create(build_request(text, fields)))
        check_chunks([chunk.to_dict() for chunk in chunks], build_wire(text, fields))
        return chunks

    def both(self, text: str = "", **fields: Any) -> Answer:
        """One answer, in both modes, which must not differ in anything. The prompt is asked before: what is computed of
        it in one batch, and what one by one, is rounded otherwise.
        """
        known = {name: value for name, value in fields.items() if name != "max_completion_tokens"}
        self.whole(text, **{**known, "n": 1, "max_tokens": 1})
        return super().both(text, **fields)

    def refused(self, text: str = "", **fields: Any) -> openai.APIStatusError:
        """The error of a request that cannot be answered, which is the same whether it is to be streamed."""
        errors = []
        for stream in (False, True):
            try:
                self._create(build_request(text, {**fields, "stream": stream}))
            except openai.APIStatusError as error:
                errors.append(error)
        whole, streamed = errors
        assert (whole.status_code, whole.body) == (streamed.status_code, streamed.body)
        return whole

    def _create(self, request: Json) -> Any:
        capabilities, wire = self.target.capabilities, to_wire(request)
        try:
            response = self.client.chat.completions.with_raw_response.create(**request)
        except openai.BadRequestError as error:
            hold_refusal(wire, error, capabilities=capabilities)
            raise
        hold_headers(wire, response.headers, needed=self.needed, capabilities=capabilities)
        return response.parse()


def build_wire(text: str, fields: Json) -> Json:
    """The request as it is sent."""
    return to_wire(build_request(text, fields))


def to_wire(request: Json) -> Json:
    """With what the package has no argument for."""
    extra = request.get("extra_body") or {}
    return {**{name: value for name, value in request.items() if name != "extra_body"}, **extra}
