"""Frozen cases of requests, good and bad: fields laid over a good request."""

from tests.unit.schema.cases.agreement import DISAGREEMENTS
from tests.unit.schema.cases.base import GOOD, HI, Bad, Fields, messages
from tests.unit.schema.cases.good import GOOD_FIELDS, OPTIONAL
from tests.unit.schema.cases.messages import BAD_MESSAGES
from tests.unit.schema.cases.options import BAD_OPTIONS
from tests.unit.schema.cases.rich import RICH
from tests.unit.schema.cases.sampling import BAD_SAMPLING
from tests.unit.schema.cases.tools import BAD_TOOLS

BAD_FIELDS: list[Bad] = [*BAD_MESSAGES, *BAD_SAMPLING, *BAD_OPTIONS, *BAD_TOOLS, *DISAGREEMENTS]

__all__ = ["BAD_FIELDS", "DISAGREEMENTS", "GOOD", "GOOD_FIELDS", "HI", "OPTIONAL", "RICH", "Bad", "Fields", "messages"]
