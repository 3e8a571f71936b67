"""Antiphon: the whole of OpenAI's Chat Completions API, self-hosted, on real open-weight models."""

__version__ = "0.1.0"
