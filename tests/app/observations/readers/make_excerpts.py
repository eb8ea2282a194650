"""Excerpts of publishers' workbooks, small enough to keep: `python -m ... FOLDER_OF_THE_WORKBOOKS`.

Rows and sheets are left out of the files as downloaded, and everything else stays as it is, so that
the excerpts have the publishers' own markup. Expected figures are cut from tables that others
summed.
"""

import csv
import gzip
import re
import sys
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path

EXCERPTS = Path(__file__).parent / "excerpts"
FRONTEX = "frontex_Monthly_detections_of_IBC_2025_06_03.xlsx"
HOME_OFFICE = "uk_Small_boats_-_time_series_2026-08-21.ods"
OHSS = "2024_1206_ohss_immigration-enforcement-and-legal-processes-tables-august-2024.xlsx"
FRONTEX_SERIES = ("frontex.black-sea.sea", "frontex.western-balkan.sea", "frontex.other.land")
_FRONTEX_ROWS = {("Black Sea Route", "Sea"), ("Western Balkan Route", "Sea"), ("Other", "Land")}
_OHSS_SHEETS = (
    "CBP Encounter by Type + Region",
    "SWB Encounters by Family Status",
    "SWB Enc by Sector+Field Ofc",
    "CBP One Appointments",
    "CHNV Paroles",
)
_DAYS_FROM = 'office:date-value="2026-05-01'
_WEEKS_FROM = 'office:date-value="2026-05-03'
_DROPPED = ("docProps/", "Thumbnails/", "customXml/", "xl/printerSettings/", "xl/calcChain")
_RELATIONS = "xl/_rels/workbook.xml.rels"

Parts = dict[str, bytes]


def main(folder: Path) -> None:
    EXCERPTS.mkdir(exist_ok=True)
    parts = _parts(folder / FRONTEX)
    _keep_sheets(parts, ["Detections_of_IBC", "Notes"])
    texts = _shared_texts(parts)
    _keep_rows(parts, "Detections_of_IBC", lambda row: _is_wanted_by_frontex(row, texts))
    _write("frontex.xlsx", parts)
    _write_expected(folder / "frontex_routes.csv.gz")
    parts = _parts(folder / OHSS)
    _keep_sheets(parts, _OHSS_SHEETS)
    _write("ohss_tables.xlsx", parts)
    _write("home_office.ods", _home_office(_parts(folder / HOME_OFFICE)))


def _parts(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.startswith(_DROPPED) and not name.endswith("/")
        }


def _write(name: str, parts: Parts) -> None:
    """Write an archive that is the same each time."""
    texts = set().union(
        *(_texts_of(part) for name, part in parts.items() if "worksheets/sheet" in name)
    )
    if "xl/sharedStrings.xml" in parts:
        parts["xl/sharedStrings.xml"] = _without_other_texts(parts["xl/sharedStrings.xml"], texts)
    with zipfile.ZipFile(EXCERPTS / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for part, content in parts.items():
            archive.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED)
    sys.stdout.write(f"{name}: {(EXCERPTS / name).stat().st_size} bytes\n")


def _sheet_paths(parts: Parts) -> dict[str, str]:
    """Path of each worksheet by its name."""
    targets = {}
    for relation in re.findall(r"<Relationship [^>]*>", parts[_RELATIONS].decode()):
        target = _attribute(relation, "Target")
        targets[_attribute(relation, "Id")] = f"xl/{target.removeprefix('/xl/')}"
    sheets = re.findall(r"<sheet [^>]*>", parts["xl/workbook.xml"].decode())
    return {_attribute(sheet, "name"): targets[_attribute(sheet, "r:id")] for sheet in sheets}


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf'\s{name}="([^"]*)"', tag)
    assert match, (tag, name)
    return match[1]


def _keep_sheets(parts: Parts, names: Collection[str]) -> None:
    """Leave out the other sheets, and what only they refer to."""
    for name, path in _sheet_paths(parts).items():
        if name not in names:
            del parts[path]
            tag = re.escape(f'name="{name}"')
            parts["xl/workbook.xml"] = re.sub(
                rf"<sheet [^>]*{tag}[^>]*/>".encode(), b"", parts["xl/workbook.xml"]
            )
            target = re.escape(path.removeprefix("xl/")).encode()
            parts[_RELATIONS] = re.sub(
                rb"<Relationship [^>]*" + target + rb'"[^>]*/>', b"", parts[_RELATIONS]
            )
    for name in [name for name in parts if "/drawings/" in name or "/worksheets/_rels/" in name]:
        del parts[name]


def _keep_rows(parts: Parts, sheet: str, wanted: Callable[[str], bool]) -> None:
    path = _sheet_paths(parts)[sheet]
    parts[path] = re.sub(
        rb"<row .*?</row>",
        lambda match: match[0] if wanted(match[0].decode()) else b"",
        parts[path],
        flags=re.DOTALL,
    )


def _shared_texts(parts: Parts) -> list[str]:
    entries = re.findall(r"<si>(.*?)</si>", parts["xl/sharedStrings.xml"].decode(), re.DOTALL)
    return ["".join(re.findall(r"<t[^>]*>([^<]*)</t>", entry)) for entry in entries]


def _is_wanted_by_frontex(row: str, texts: list[str]) -> bool:
    cells = re.findall(r't="s"[^>]*><v>(\d+)</v>', row)
    route, border = (texts[int(cell)] for cell in cells[:2])
    return route == "Route" or (route, border) in _FRONTEX_ROWS


def _texts_of(worksheet: bytes) -> set[int]:
    return {int(index) for index in re.findall(rb't="s"[^>]*><v>(\d+)</v>', worksheet)}


def _without_other_texts(part: bytes, kept: Collection[int]) -> bytes:
    """Shared texts that no cell has become empty, so that the others keep their numbers."""
    index = iter(range(1 << 30))
    return re.sub(
        rb"<si>.*?</si>",
        lambda match: match[0] if next(index) in kept else b"<si><t/></si>",
        part,
        flags=re.DOTALL,
    )


def _home_office(parts: Parts) -> Parts:
    """The newest days and weeks, and every sheet's rows before its table."""
    kept = {name: parts[name] for name in ("mimetype", "META-INF/manifest.xml", "content.xml")}
    content = kept["content.xml"].decode()
    tables = re.split(r"(?=<table:table )", content)
    for at, table in enumerate(tables):
        for name, since in (("SB_01", _DAYS_FROM), ("SB_02", _WEEKS_FROM)):
            if f'table:name="{name}"' in table[:300]:
                tables[at] = _newest_rows(table, since)
    kept["content.xml"] = "".join(tables).encode()
    return kept


def _newest_rows(table: str, since: str) -> str:
    rows = re.findall(r"<table:table-row .*?</table:table-row>", table, re.DOTALL)
    first = next(at for at, row in enumerate(rows) if since in row)
    for row in rows[1:first]:
        table = table.replace(row, "", 1)
    return table


def _write_expected(path: Path) -> None:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = [
            (row["series"], row["period"], row["value"])
            for row in csv.DictReader(lines)
            if row["published_on"] == "2025-06-19" and row["series"] in FRONTEX_SERIES
        ]
    with (EXCERPTS / "frontex.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("series", "period", "value"))
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
