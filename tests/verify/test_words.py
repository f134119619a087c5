import re

import pytest

from kawal.rules.custody.findings import KINDS
from kawal.verify import words
from kawal.verify.broken import CODES

TABLES = (words.BROKEN, words.REFUSALS, words.RULES, words.SENTENCES, words.COLUMNS)


def test_everything_that_can_be_broken_has_words() -> None:
    assert set(words.BROKEN) == set(CODES)
    assert set(words.RULES) >= set(KINDS.values())


@pytest.mark.parametrize("table", TABLES)
def test_both_languages_name_the_same_facts(table: dict[str, tuple[str, str]]) -> None:
    for english, indonesian in table.values():
        assert set(re.findall(r"%\(\w+\)s", english)) == set(re.findall(r"%\(\w+\)s", indonesian))


def test_what_nobody_has_words_for_is_told_by_its_code() -> None:
    assert words.said(words.BROKEN, "something_new", "en") == "something_new"
