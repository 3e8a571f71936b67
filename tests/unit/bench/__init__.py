"""Tests of what a benchmark makes of replies, without a server."""
