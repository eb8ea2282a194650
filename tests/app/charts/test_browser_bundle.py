"""What draws charts in browsers is made once, kept whole, and never needed to be kept."""

import gzip
from pathlib import Path

from app.charts.browser_bundle import build_bundle, load_bundle


def test_what_was_made_is_kept_whole_or_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    assert load_bundle(folder) is None
    made = build_bundle(folder)
    assert b"window.vegaEmbed" in gzip.decompress(made)
    assert load_bundle(folder) == made
    [file] = folder.iterdir()
    file.write_bytes(made[:-9])
    assert load_bundle(folder) is None


def test_where_it_cannot_be_kept_it_is_there_all_the_same(tmp_path: Path) -> None:
    in_the_way = tmp_path / "share"
    in_the_way.write_text("no folder")
    assert b"window.vegaEmbed" in gzip.decompress(build_bundle(in_the_way))
