"""Prompts that no cache has seen."""

from antiphon.bench.prompts import PromptSource, fit_num_words


def test_no_two_prompts_begin_alike() -> None:
    """The first words of all prompts of a run differ, and the number of words is the wanted one."""
    source = PromptSource(7)
    prompts = [source.build_prompt(3) for _ in range(2000)]
    assert len({prompt.split()[0] for prompt in prompts}) == 2000
    assert {len(prompt.split()) for prompt in prompts} == {3}


def test_words_for_a_wanted_length() -> None:
    """From two prompts of known length follow the tokens of a word and of the template."""
    assert fit_num_words(130, short=(10, 40), long=(110, 190)) == 70
    assert fit_num_words(1, short=(10, 40), long=(110, 190)) == 1
