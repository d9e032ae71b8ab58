"""Compares the figures that BENCHMARKS.md quotes with the JSON files that `scripts/bench chain` and `glass` wrote.

A quoted figure is a number followed by a comment with its source, which a reader of the page does not see:

    | finality, p95 | 2.99 s <!-- = latency.finality.p95_ms / 1000 --> |

The source is a part, the names or indices that lead to a figure of it, and optionally a factor or a divisor. A figure
that is rounded to as many decimals as the number has must be equal to it.
"""

import json
import re
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

QUOTE = re.compile(
    r"(?P<number>-?\d[\d,]*(?:\.\d+)?)\*{0,2}[^\d<>|\n]{0,40}"
    r"<!--\s*=\s*(?P<source>[\w.-]+)(?:\s*(?P<operator>[*/])\s*(?P<factor>\d+(?:\.\d+)?))?\s*-->"
)
SOURCE_MARK = re.compile(r"<!--\s*=")
CODE = re.compile(r"`[^`]*`")


def figure(results, source):
    """Returns the figure at `source`, such as `latency.finality.p95_ms` or `blocks.blocks.0.rows`."""
    part, *path = source.split(".")
    value = results[part]["figures"]
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return Decimal(str(value))


def shown(value, number):
    """Returns `value` rounded to the decimals of `number`."""
    decimals = len(number.partition(".")[2])
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def check_line(line, results):
    """Returns what is wrong with the quotes of a line. Text in backticks is an example."""
    errors = []
    line = CODE.sub("", line)
    quotes = list(QUOTE.finditer(line))
    if len(quotes) != len(SOURCE_MARK.findall(line)):
        errors.append("a source has no number before it, or is not written as `<!-- = part.figure -->`")
    for quote in quotes:
        number, source = quote["number"].replace(",", ""), quote["source"]
        try:
            value = figure(results, source)
        except (KeyError, IndexError, ValueError, TypeError, ArithmeticError):
            errors.append(f"{source} is not a figure of the results")
            continue
        if quote["operator"] == "*":
            value *= Decimal(quote["factor"])
        elif quote["operator"] == "/":
            value /= Decimal(quote["factor"])
        expected = shown(value, number)
        if expected != Decimal(number):
            errors.append(f"{quote['number']} is quoted, but {source} is {expected}")
    return errors


def check(text, results):
    """Returns the number of quotes in a page, and what is wrong with them as (line number, error)."""
    lines = text.splitlines()
    errors = [(number, error) for number, line in enumerate(lines, 1) for error in check_line(line, results)]
    return sum(len(QUOTE.findall(CODE.sub("", line))) for line in lines), errors


def main(page, *results_files):
    paths = [Path(file) for file in results_files]
    results = {}
    for path in paths:
        if path.exists():
            results |= json.loads(path.read_text(encoding="utf-8"))
    sources = " and ".join(results_files)
    count, errors = check(Path(page).read_text(encoding="utf-8"), results)
    for number, error in errors:
        print(f"{page}:{number}: {error}", file=sys.stderr)
    if errors:
        print(f"quotes: {len(errors)} errors; the source is {sources}", file=sys.stderr)
        return 1
    print(f"    quotes: {count} figures of {page} are those of {sources}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
