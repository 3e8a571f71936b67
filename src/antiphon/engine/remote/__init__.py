"""Engines somewhere else: vLLM, SGLang, llama-server, and whatever speaks OpenAI's chat completions."""
