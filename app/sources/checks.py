"""Checks of what a publisher's site sent, before it counts as figures."""

import zipfile
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from app.sources.failures import ImplausibleFigures, NotTheFile, OlderFile, UnreadableFile
from app.sources.fetching import Download
from app.sources.publisher import FileLink, FileType, Publisher
from app.sources.store import RestatedFigure
from forecasting import Month

_SHOWN = 3  # figures that a message lists
_SMALLEST_SHARE = (
    0.5  # of the last file's size; from one fiscal year to the next CBP's shrink by a fifth
)
_START = 512  # bytes that tell a web page from a file
_PARTS = {FileType.XLSX: "xl/workbook.xml", FileType.ODS: "content.xml"}


def check_file(download: Download, publisher: Publisher, *, last_size: int | None) -> None:
    """Check the type and the size of a downloaded file.

    Raises
    ------
    NotTheFile
        If it is a web page, damaged, of another type, or far smaller than the last one.
    """
    start = download.body.read(_START)
    download.body.seek(0)
    if (
        start.lstrip(b"\xef\xbb\xbf \t\r\n")
        .lower()
        .startswith((b"<!doctype", b"<html", b"<head", b"<?xml"))
    ):
        raise NotTheFile(
            f"{download.address} sent a web page ({download.media_type or 'of no type'}) in the "
            f"place of the {publisher.file_type.value} file."
        )
    smallest, _ = publisher.bytes_between
    if download.size < smallest:
        raise NotTheFile(
            f"{download.address} sent {download.size:,} bytes, and at least {smallest:,} were "
            "expected."
        )
    if last_size is not None and download.size < last_size * _SMALLEST_SHARE:
        raise NotTheFile(
            f"{download.address} sent {download.size:,} bytes, less than half of the {last_size:,} "
            "of the last file: it may have been cut."
        )
    fault = (
        _csv_fault(start)
        if publisher.file_type is FileType.CSV
        else _archive_fault(download.body, publisher)
    )
    if fault is not None:
        raise NotTheFile(f"{download.address} sent no {publisher.file_type.value} file: {fault}.")


def check_not_older(link: FileLink, publisher: Publisher, *, last: str | None) -> None:
    """Check that a page's newest file is not older than the last one that was loaded from it.

    Raises
    ------
    OlderFile
        If it is.
    """
    if last is not None and link.edition.label < last:
        raise OlderFile(
            f"The newest file of the page is {link.address} of {link.edition.label}, older than "
            f"the last one, of {last}: the page may be an old copy. Nothing was loaded."
        )


def check_newest_period(newest: Month | None, link: FileLink, *, last: Month | None) -> Month:
    """Check that a file reaches the newest month that is known from the publisher; returns its
    newest month.

    Raises
    ------
    OlderFile
        If it ends before that.
    UnreadableFile
        If it has no figures of any series that the record knows.
    """
    if newest is None:
        raise UnreadableFile(
            f"{link.address} gave no figures of a series that the record knows. Nothing was "
            "loaded. bordercast load brings the bundled series in."
        )
    if last is not None and newest < last:
        raise OlderFile(
            f"{link.address} holds figures through {newest}, and the record has them through "
            f"{last}. Nothing was loaded."
        )
    return newest


def check_restatements(
    restated: Iterable[RestatedFigure], publisher: Publisher, *, largest: Mapping[str, float]
) -> None:
    """Check that no figure moved by more than this publisher's figures have ever moved.

    Parameters
    ----------
    largest : the largest restatements in the record, as shares of the figure, by key of the series;
        they count if they are larger than what the publisher is declared to do

    Raises
    ------
    ImplausibleFigures
        If some did; the message lists the largest moves.
    """
    believed = publisher.restatements
    implausible = [
        one
        for one in restated
        if abs(one.after - one.before)
        > max(
            believed.allowed(one.before, is_headline=one.series == publisher.headline),
            one.before * largest.get(one.series, 0.0),
        )
    ]
    if not implausible:
        return
    worst = sorted(implausible, key=lambda one: -abs(one.after - one.before))[:_SHOWN]
    listed = ", ".join(
        f"{one.series} {one.period}: {one.before:,} to {one.after:,}" for one in worst
    )
    count = len(implausible)
    raise ImplausibleFigures(
        f"{count} published {'figure' if count == 1 else 'figures'} moved by more than any "
        f"restatement of {publisher.source} ever has ({listed}). Nothing was loaded; if this is "
        "meant, load the file by hand."
    )


def _csv_fault(start: bytes) -> str | None:
    if start.startswith(b"PK"):
        return "it is a workbook or a zip archive"
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it is not text"
    return (
        None
        if b"," in start or b"," in start.replace(b"\0", b"")
        else "its first lines have no commas"
    )


def _archive_fault(body: BinaryIO, publisher: Publisher) -> str | None:
    """What is wrong with a workbook, if it is not a whole one of the publisher's type."""
    try:
        with zipfile.ZipFile(body) as archive:
            missing = _PARTS[publisher.file_type] not in archive.namelist()
    except zipfile.BadZipFile as error:
        return f"it is damaged or cut ({error})"
    finally:
        body.seek(0)
    return "it is a workbook of another type" if missing else None
