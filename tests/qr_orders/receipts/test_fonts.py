"""Fetching the receipt fonts: pinned bytes only, and only when they are not there."""

import zipfile
from pathlib import Path

import pytest

from local import fonts


def wheel_of(folder: Path, content: bytes) -> Path:
    wheel = folder / "some.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in fonts.SHA256:
            archive.writestr(f"{fonts.FOLDER}/{name}", content)
    return wheel


def test_present_fonts_are_not_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fonts.ensure()
    monkeypatch.delattr(fonts, "_download")

    assert fonts.ensure() == folder


def test_changed_font_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wheel = wheel_of(tmp_path, b"not a font")
    monkeypatch.setattr(fonts, "_download", lambda _: wheel)

    with pytest.raises(SystemExit, match="not the pinned file"):
        fonts.ensure(tmp_path / "fonts")

    assert not list((tmp_path / "fonts").iterdir())
