"""`{% load site %}`: assets, parts with content, numbers, times and ages. See docs/design-system.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import json_script
from django.utils.safestring import SafeString

from kawal.desk.site import assets, formats, laying, words

register = template.Library()


@register.simple_tag
def asset(name: str) -> SafeString:
    return assets.tags(name)


@register.simple_tag
def script_words() -> SafeString:
    """The words of the page's script, in the page's language."""
    return json_script({key: str(value) for key, value in words.SCRIPT.items()}, "words")


@register.simple_tag
def count(number: int, state: str = "", href: str = "") -> SafeString:
    """A number of the page's sentence, with the shape of its state and the way down to what it counts.

    `{% count late state="late" href=url as late_told %}` and then `{{ late_told }}` in a blocktranslate.
    Nothing is in no state, and there is no way down to it: a zero stays plain.
    """
    page = {"number": number, "state": state if number else "", "href": href if number else ""}
    return SafeString(render_to_string("site/parts/count.html", page).strip())  # no space before a full stop


@register.simple_block_tag
def table(content: str, caption: str, id: str = "", caption_unseen: bool = False) -> str:
    """A table with its caption: `{% table caption=... %}<thead>...<tbody>...{% endtable %}`."""
    page = {"content": content, "caption": caption, "id": id, "caption_unseen": caption_unseen}
    return render_to_string("site/parts/table.html", page)


@register.simple_block_tag
def section(content: str, title: str, id: str, live: bool = False) -> str:
    """A part of the page under its own heading; `live=True` exchanges it when the hub has news."""
    page = {"content": content, "title": title, "id": id, "live": live}
    return render_to_string("site/parts/section.html", page)


@register.simple_block_tag
def toolbar(content: str, label: str) -> str:
    """Filters and actions of a table, sent by GET: `{% toolbar label=... %}fields{% endtoolbar %}`."""
    return render_to_string("site/parts/toolbar.html", {"content": content, "label": label})


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    return "–" if value is None else formats.number(value, decimals)


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    return "–" if share is None else formats.percent(share, decimals)


@register.filter
def local(at: datetime | None, area: str = "") -> str:
    return "–" if at is None else formats.local(at, area)


@register.filter
def local_long(at: datetime | None, area: str = "") -> str:
    return "–" if at is None else formats.local_long(at, area)


@register.filter
def local_clock(at: datetime | None, area: str = "") -> str:
    return "–" if at is None else formats.local_clock(at, area)


@register.filter
def local_day(at: datetime | None, area: str = "") -> str:
    return "–" if at is None else formats.local_day(at, area)


@register.filter
def age(at: datetime | None, now: datetime) -> str:
    """`{{ alert.opened_at|age:now }}`: every page knows `now`, the desk's clock."""
    return "–" if at is None else formats.age(at, now)


@register.filter
def state_word(state: str) -> str:
    return str(words.STATES[state])


@register.filter
def area_path(code: str) -> str:
    """An area in an address: the nation, whose code is empty, is `id`."""
    return code or "id"


@register.filter
def laid_out(parts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return laying.laid_out(parts)
