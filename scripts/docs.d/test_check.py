"""Tests of check.py: what is an error, and what is not. Run by scripts/lint."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import check  # noqa: E402

FILES = {
    "README.md": "# Title\n\n## Two commands\n",
    "node/README.md": "# The node\n",
    "node/src/rpc/types.rs": "pub fn code_of() {}\nstruct Answer;\n",
    "docs/src/SUMMARY.md": "# Summary\n\n- [One](one.md)\n",
    "docs/src/one.md": "# One\n",
}


class Checks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        for path, text in FILES.items():
            self.write(path, text)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def faults(self, path, text):
        self.write(path, text)
        files = [str(file.relative_to(self.root)) for file in self.root.rglob("*") if file.is_file()]
        tree = check.Tree(self.root, files)
        documents = {name: check.Document(Path(name), tree.read(name)) for name in files if name.endswith(".md")}
        faults = []
        document = documents[path]
        check.check_links(tree, documents, document, lambda number, what: faults.append((number, what)))
        check.check_paths(tree, document, lambda number, what: faults.append((number, what)), lambda *_: False)
        return faults

    def test_link_to_a_missing_file_is_an_error(self):
        [(number, what)] = self.faults("a.md", "# A\n\nSee [this](node/missing.md).\n")
        self.assertEqual(number, 3)
        self.assertIn("node/missing.md", what)

    def test_links_to_existing_files_and_headings_are_accepted(self):
        text = "[a](README.md#two-commands) [b](https://example.org/x) [c](#here) ![d](node/README.md)\n\n# Here\n"
        self.assertEqual(self.faults("a.md", text), [])
        self.assertEqual(self.faults("node/b.md", "[a](../README.md) [b](src/rpc)\n"), [])

    def test_link_to_a_missing_heading_is_an_error(self):
        [(_, what)] = self.faults("a.md", "[a](README.md#three-commands)\n")
        self.assertIn("#three-commands", what)

    def test_link_out_of_the_book_is_an_error(self):
        [(_, what)] = self.faults("docs/src/one.md", "[a](../../README.md)\n")
        self.assertIn("out of the book", what)

    def test_path_that_does_not_exist_is_an_error(self):
        [(_, what)] = self.faults("a.md", "`node/src/rpc/{types,missing}.rs`\n")
        self.assertIn("node/src/rpc/missing.rs", what)

    def test_paths_that_exist_are_accepted(self):
        text = "`node/src/rpc/types.rs`, `node/src/rpc/`, `node/src/*/types.rs`, `README.md`, `src/rpc/types.rs`\n"
        self.assertEqual(self.faults("node/b.md", text), [])

    def test_text_that_is_not_a_path_is_ignored(self):
        text = "`/v1/streams/{id}`, `sessions/{id}`, `a/b`, `x = node/y`, `cargo test`, `v1.2`\n\n```text\nnode/missing\n```\n"
        self.assertEqual(self.faults("a.md", text), [])

    def test_symbol_that_is_not_in_the_file_is_an_error(self):
        self.assertEqual(self.faults("a.md", "`node/src/rpc/types.rs: code_of, Answer`\n"), [])
        [(_, what)] = self.faults("a.md", "`node/src/rpc/types.rs: code`\n")
        self.assertIn("does not contain code", what)

    def test_summary_must_list_every_page_once(self):
        def faults(summary):
            documents = {
                "docs/src/SUMMARY.md": check.Document(Path("docs/src/SUMMARY.md"), summary),
                "docs/src/one.md": check.Document(Path("docs/src/one.md"), ""),
            }
            found = []
            check.check_book(documents, found)
            return found

        self.assertEqual(faults("- [One](one.md)\n"), [])
        self.assertIn("does not list", faults("# Summary\n")[0])
        self.assertIn("listed twice", faults("- [One](one.md)\n- [Again](one.md)\n")[0])
        self.assertIn("has no page", faults("- [One](one.md)\n- [Draft]()\n")[0])

    def test_page_must_list_every_name_of_its_source(self):
        self.write("node/src/error.rs", "enum Error {\n    First,\n    Second,\n}\n")
        files = ["node/src/error.rs", "node/README.md"]

        def faults(page, pattern=r"^    (\w+),$"):
            self.write("node/README.md", page)
            tree, found = check.Tree(self.root, files), []
            documents = {"node/README.md": check.Document(Path("node/README.md"), page)}
            check.check_names(tree, documents, found, [("node/README.md", "node/src/error.rs", pattern, "| `{0}` |")])
            return found

        self.assertEqual(faults("| `First` | one |\n| `Second` | two |\n"), [])
        self.assertEqual(len(faults("| `First` | one |\n")), 1)
        self.assertIn("no name is found", faults("", r"nothing (\w+)")[0])

    def test_slugs_are_those_of_github(self):
        self.assertEqual(check.slug_of("For `tickStream_*`: codes, and limits"), "for-tickstream_-codes-and-limits")
        self.assertEqual(check.slug_of("0.1.0 - 2026-11-30"), "010---2026-11-30")


if __name__ == "__main__":
    unittest.main()
