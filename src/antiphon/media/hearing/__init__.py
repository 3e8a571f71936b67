"""Sound into words: bytes are decoded to samples, samples transcribed, and a transcript is put as a prompt has it.

Everything waits and computes where it is called, which is a process of its own; knows neither requests nor answers.
"""
