"""A file that remembers what is finished, so that an interrupted run goes on where it was."""

import base64
import json
import zlib
from collections.abc import Iterator, MutableMapping
from pathlib import Path


class CheckpointFile(MutableMapping[str, bytes]):
    """A mapping that is kept in a file of lines, one for each entry, written at once.

    A line that was cut short, or is damaged in any other way, is as if it had not been written.
    Entries are never changed or deleted.
    """

    def __init__(self, path: Path) -> None:
        """Read what the file holds; it is made with its folder when the first entry is added."""
        self._path = path
        self._entries: dict[str, bytes] = {}
        self._ends_in_the_middle = False
        if not path.exists():
            return
        with path.open("rb") as lines:
            for line in lines:
                self._ends_in_the_middle = not line.endswith(b"\n")
                entry = _read(line)
                if entry is not None:
                    self._entries[entry[0]] = entry[1]

    def __getitem__(self, name: str) -> bytes:
        return self._entries[name]

    def __setitem__(self, name: str, content: bytes) -> None:
        if name in self._entries:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(b"\n" * self._ends_in_the_middle + _written(name, content))
        self._ends_in_the_middle = False
        self._entries[name] = content

    def __delitem__(self, name: str) -> None:
        raise TypeError("a checkpoint keeps what it has; delete its file to start again")

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _written(name: str, content: bytes) -> bytes:
    entry = {
        "name": name,
        "content": base64.b64encode(content).decode(),
        "crc": zlib.crc32(content),
    }
    return json.dumps(entry).encode() + b"\n"


def _read(line: bytes) -> tuple[str, bytes] | None:
    try:
        entry = json.loads(line)
        content = base64.b64decode(entry["content"], validate=True)
        return (entry["name"], content) if zlib.crc32(content) == entry["crc"] else None
    except (ValueError, KeyError, TypeError):
        return None
