"""The files that Vite built: names with hashes, read from its manifest."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

BUILD = "python -m kawal.desk.site.build"


@cache
def _manifest() -> dict[str, Any]:
    path = settings.BUILT / ".vite" / "manifest.json"
    if not path.exists():
        raise ImproperlyConfigured(f"The desk's pages are not built yet. Build them once with: {BUILD}")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def tags(name: str) -> SafeString:
    """Link and script tags of one entry: its fonts first, then styles, what it imports, and itself."""
    manifest = _manifest()
    if name not in manifest:
        raise ImproperlyConfigured(f"{name} is not among the built entries. Build anew with: {BUILD}")
    entry = manifest[name]
    fonts = [file for file in entry.get("assets", []) if file.endswith(".woff2")]
    imported = [manifest[other]["file"] for other in entry.get("imports", [])]
    root = settings.STATIC_URL
    return SafeString(
        format_html_join(
            "\n",
            '<link rel="preload" as="font" type="font/woff2" crossorigin href="{}{}">',
            ((root, file) for file in fonts),
        )
        + format_html_join(
            "\n", '<link rel="stylesheet" href="{}{}">', ((root, file) for file in entry.get("css", []))
        )
        + format_html_join(
            "\n", '<link rel="modulepreload" href="{}{}">', ((root, file) for file in imported)
        )
        + format_html('<script type="module" src="{}{}"></script>', root, entry["file"])
    )
