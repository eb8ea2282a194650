"""English names of the months, as publishers write them in names of files and on pages."""

MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_SHORTEST = 3


def month_number(word: str) -> int | None:
    """Number of the month that a word names in full or by its first three letters or more; None if
    it names none."""
    lower = word.lower()
    if len(lower) < _SHORTEST:
        return None
    return next((at for at, name in enumerate(MONTH_NAMES, 1) if name.startswith(lower)), None)
