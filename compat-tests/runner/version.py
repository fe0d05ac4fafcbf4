"""Version ranges of `skip` and `node_selector`."""

import re

FIRST_LEGACY_MAJOR = 5
LAST_LEGACY_MAJOR = 7


def parse(text):
    """(major, minor, patch); versions from before OpenSearch 1.0 (5.x to 7.x) sort below it."""
    numbers = [int(part) for part in re.findall(r"\d+", text)[:3]]
    numbers += [0] * (3 - len(numbers))
    legacy = FIRST_LEGACY_MAJOR <= numbers[0] <= LAST_LEGACY_MAJOR
    return (0 if legacy else 1, *numbers)


def within(ranges, version):
    """Does `version` (text) lie in one of the comma-separated ranges `low - high`? Either end may be open."""
    if ranges.strip() == "all":
        return True
    current = parse(version)
    for part in ranges.split(","):
        low, dash, high = part.partition("-")
        if not dash:
            raise ValueError(f"no version range: [{ranges}]")
        low, high = low.strip(), high.strip()
        if (not low or parse(low) <= current) and (not high or current <= parse(high)):
            return True
    return False
