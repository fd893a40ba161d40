"""Slow, obvious twins of the KQL operators: one row, one needle, plain Python."""


def has(text: str, needle: str) -> bool:
    """Case-insensitive substring; a boundary is owed only beside an alphanumeric needle edge."""
    text, needle = text.lower(), needle.lower()
    for start in range(len(text) - len(needle) + 1):
        end = start + len(needle)
        if text[start:end] != needle:
            continue
        free_before = not needle[:1].isalnum() or start == 0 or not text[start - 1].isalnum()
        free_after = not needle[-1:].isalnum() or end == len(text) or not text[end].isalnum()
        if free_before and free_after:
            return True
    return False


def has_any(text: str, needles: list[str]) -> bool:
    return any(has(text, needle) for needle in needles)
