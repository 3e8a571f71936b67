"""Tests with the bundled model, against `antiphon serve` as a process of its own."""

import pytest

pytest.register_assert_rewrite("tests.model.ask", "tests.model.processes")
