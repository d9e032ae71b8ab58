"""Tests of quotes.py."""

import sys
import unittest

sys.dont_write_bytecode = True

from quotes import check, check_line  # noqa: E402

RESULTS = {
    "latency": {"figures": {"finality": {"p95_ms": 2987}}},
    "ticks": {"figures": {"ratio": 186.449, "rows": [{"count": 4096}]}},
}


class Quotes(unittest.TestCase):
    def test_figures_that_are_equal_after_rounding_pass(self):
        for line in [
            "| finality | 2.99 s <!-- = latency.finality.p95_ms / 1000 --> |",
            "| finality | **2,987** ms <!-- = latency.finality.p95_ms --> |",
            "| ratio | 186 <!-- = ticks.ratio --> and 186.4<!-- = ticks.ratio --> |",
            "| rows | 4,096 <!-- = ticks.rows.0.count -->",
            "| parts | 18645 <!-- = ticks.ratio * 100 -->",
            "an example: `3 s <!-- = latency.finality.p95_ms -->`",
            "no figure, <!-- a comment --> and 7 without a source",
        ]:
            self.assertEqual(check_line(line, RESULTS), [], line)

    def test_figure_that_differs_is_an_error(self):
        errors = check_line("3.00 s <!-- = latency.finality.p95_ms / 1000 -->", RESULTS)
        self.assertEqual(errors, ["3.00 is quoted, but latency.finality.p95_ms is 2.99"])

    def test_source_that_does_not_exist_is_an_error(self):
        for source in ["latency.finality.p50_ms", "attack.worst", "ticks.rows.3.count", "latency.finality"]:
            errors = check_line(f"1 <!-- = {source} -->", RESULTS)
            self.assertEqual(errors, [f"{source} is not a figure of the results"])

    def test_source_without_a_number_is_an_error(self):
        self.assertEqual(len(check_line("| p95 | <!-- = ticks.ratio --> |", RESULTS)), 1)

    def test_lines_are_counted_from_one(self):
        count, errors = check("# Title\n\n1 <!-- = ticks.ratio -->\n", RESULTS)
        self.assertEqual((count, [number for number, _ in errors]), (1, [3]))


if __name__ == "__main__":
    unittest.main()
