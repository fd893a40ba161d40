"""Slow, obvious twins of the KQL operators: one row, one needle, plain Python."""


def has(text: str, needle: str) -> bool:
    """Case-insensitive substring; a boundary is owed only beside an alphanumeric needle edge."""
    starts, ends = needle[:1].isalnum(), needle[-1:].isalnum()
    text, needle = folded(text), folded(needle)
    for start in range(len(text) - len(needle) + 1):
        end = start + len(needle)
        if text[start:end] != needle:
            continue
        free_before = not starts or start == 0 or not text[start - 1].isalnum()
        free_after = not ends or end == len(text) or not text[end].isalnum()
        if free_before and free_after:
            return True
    return False


def folded(text: str) -> str:
    """Without case, character by character: one whose folding is two, such as İ, stays as it is."""
    foldings = ((c.casefold(), c.lower(), c) for c in text)
    return "".join(next(form for form in forms if len(form) == 1) for forms in foldings)


def has_any(text: str, needles: list[str]) -> bool:
    return any(has(text, needle) for needle in needles)
