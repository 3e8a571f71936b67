"""From what somebody writes to files of a repository."""

import pytest

from antiphon.catalog.wanted import choose_files, parse_wanted, quant_of
from antiphon.errors import ConfigurationError

WANTED = {
    "org/Some-7B-GGUF": ("some-7b", None, None),
    "org/Some-7B-GGUF:q4_k_m": ("some-7b", None, "q4_k_m"),
    "org/Some-7B-GGUF:a/b-Q8_0.gguf": ("some-7b", "a/b-Q8_0.gguf", None),
}


@pytest.mark.parametrize("text", WANTED)
def test_the_hubs_names(text: str) -> None:
    """`repo/name`, `repo/name:quant` and `repo/name:file.gguf` are names of the hub."""
    wanted = parse_wanted(text)
    assert (wanted.name, wanted.file, wanted.quant) == WANTED[text]
    assert wanted.repo == "org/Some-7B-GGUF"


@pytest.mark.parametrize("text", ["", "x", "a/b/c", "a/b:", "a/b:c d", "https://huggingface.co/a/b", "../..", "a/b\n"])
def test_what_is_no_name(text: str) -> None:
    """What is neither of the catalogue nor a name of the hub is told, or has no file on the hub."""
    if text == "../..":
        assert parse_wanted(text).repo == text  # the hub has no such repository
        return
    with pytest.raises(ConfigurationError, match="There is no model"):
        parse_wanted(text)


QUANTS = {
    "Qwen3-4B-Q4_K_M.gguf": "Q4_K_M", "smollm2-360m-instruct-q8_0.gguf": "Q8_0", "gpt-oss-20b-MXFP4.gguf": "MXFP4",
    "a-UD-Q4_K_XL.gguf": "UD-Q4_K_XL", "a.IQ2_XXS.gguf": "IQ2_XXS", "Q4_0/a-00001-of-00002.gguf": None,
    "a-Q5_K_S-00001-of-00002.gguf": "Q5_K_S", "a-BF16.gguf": "BF16", "a.gguf": None, "a-f16.gguf": "F16",
}  # fmt: skip


@pytest.mark.parametrize("file", QUANTS)
def test_the_quantisation_of_a_file(file: str) -> None:
    """A file's name tells its quantisation, in whatever case."""
    assert quant_of(file) == QUANTS[file]


CHOICES: dict[str, tuple[list[str], list[str]]] = {
    # wanted: files of the repository, those that are chosen
    "o/r:Q8_0": (["a-Q4_0.gguf", "a-Q8_0.gguf"], ["a-Q8_0.gguf"]),
    "o/r": (["b-Q8_0.gguf", "b-Q4_K_M.gguf", "b-Q2_K.gguf"], ["b-Q4_K_M.gguf"]),
    "o/r:b.gguf": (["a.gguf", "b.gguf"], ["b.gguf"]),
    "o/s": (["readme.md", "only.gguf", "mmproj-only.gguf"], ["only.gguf"]),
    "o/r:Q4_K_M": (["a-UD-Q4_K_M.gguf", "a-Q4_K_M.gguf", "a-long-Q4_K_M.gguf"], ["a-Q4_K_M.gguf"]),
    "o/p": (["p-Q4_0-00002-of-00002.gguf", "p-Q4_0-00001-of-00002.gguf"],
            ["p-Q4_0-00001-of-00002.gguf", "p-Q4_0-00002-of-00002.gguf"]),
}  # fmt: skip


@pytest.mark.parametrize("text", CHOICES)
def test_the_files_of_a_repository(text: str) -> None:
    """The file that is named, or of the quantisation, or the only one, or a usual one; all parts of it in order."""
    files, chosen = CHOICES[text]
    assert choose_files(files, parse_wanted(text)) == chosen


NO_CHOICES = {
    "o/r:Q6_K": (["a-Q4_0.gguf"], "has no 'Q6_K'; say which: o/r:QUANT, of Q4_0"),
    "o/r:x.gguf": (["a-Q4_0.gguf"], "has no 'x.gguf'"),
    "o/r": (["a-Q2_K.gguf", "b.gguf"], "has several models; say which: o/r:QUANT, of Q2_K, b.gguf"),
    "o/s": (["model.safetensors", "mmproj.gguf", "evil\x1b[2J.gguf"], "has no GGUF file"),
}


@pytest.mark.parametrize("text", NO_CHOICES)
def test_files_that_are_not_there(text: str) -> None:
    """Where none is the one that is wanted, it is told which there are."""
    files, words = NO_CHOICES[text]
    with pytest.raises(ConfigurationError, match=words):
        choose_files(files, parse_wanted(text))
