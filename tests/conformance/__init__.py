"""The same tests on every engine: the bundled one, a real llama-server and a real vLLM behind `antiphon serve`."""

import pytest

pytest.register_assert_rewrite("tests.conformance.asker", "tests.conformance.form", "tests.conformance.table")
