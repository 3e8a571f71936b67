"""Frozen cases of requests, good and bad: fields laid over a good request."""

from tests.unit.schema.request.cases.agreement import DISAGREEMENTS
from tests.unit.schema.request.cases.base import GOOD, HI, Bad, Fields, messages
from tests.unit.schema.request.cases.good import GOOD_FIELDS, OPTIONAL
from tests.unit.schema.request.cases.messages import BAD_MESSAGES
from tests.unit.schema.request.cases.options import BAD_OPTIONS
from tests.unit.schema.request.cases.rich import RICH
from tests.unit.schema.request.cases.sampling import BAD_SAMPLING
from tests.unit.schema.request.cases.tools import BAD_TOOLS

BAD_FIELDS: list[Bad] = [*BAD_MESSAGES, *BAD_SAMPLING, *BAD_OPTIONS, *BAD_TOOLS, *DISAGREEMENTS]

__all__ = ["BAD_FIELDS", "DISAGREEMENTS", "GOOD", "GOOD_FIELDS", "HI", "OPTIONAL", "RICH", "Bad", "Fields", "messages"]
