#!/usr/bin/env python3
"""Checks the Markdown files of the repository: links, paths in backticks, the book's table of contents, examples.

Prints one line for each error, `FILE:LINE: MESSAGE`, and exits with 1 if there is any. It checks the repository that contains
this file, and can be run from any directory. `scripts/docs --help` describes the rules.
"""

import fnmatch
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = Path("docs/src")
SUMMARY = BOOK / "SUMMARY.md"

FENCE = re.compile(r"^\s*(```+|~~~+)\s*([\w-]*)\s*$")
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
LINK = re.compile(r"(?<!\\)!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HTML_LINK = re.compile(r"<(?:img|a|source)\b[^>]*?\b(?:src|href|srcset)=\"([^\"]+)\"")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
PATH = re.compile(r"^[\w.@{}*,+-]+(?:/[\w.@{}*,+-]+)*/?$")
SYMBOL = re.compile(r"^[A-Za-z_$][\w$]*(?:(?:::|\.)[A-Za-z_$][\w$]*)*$")
MAX_EXAMPLE_SECS = 60

CALLS_PAGE = "docs/src/protocol/calls.md"
# Names that a page has to list: the page, the source, the pattern of a name in the source, and how the page writes it.
NAMES = [
    (CALLS_PAGE, "pallets/tick-stream/src/lib.rs", r"call_index\((\d+)\)\]\s+#\[[^\n]*\]\s+pub fn (\w+)", "| {0} | `{1}("),
    (CALLS_PAGE, "pallets/tick-stream/src/lib.rs", r"#\[pallet::storage\]\s+pub type (\w+)<", "| `{0}` |"),
    (CALLS_PAGE, "pallets/tick-stream/src/events.rs", r"^        ([A-Z]\w+) \{$", "| `{0}` |"),
    (CALLS_PAGE, "pallets/tick-stream/src/errors.rs", r"^        ([A-Z]\w+),$", "| `{0}` |"),
    (CALLS_PAGE, "pallets/tick-stream/primitives/src/error.rs", r"^    (\w+) = \"", "| `{0}` |"),
    (CALLS_PAGE, "pallets/tick-stream/primitives/src/api.rs", r"^        fn (\w+)\(", "| `{0}("),
    ("docs/src/reference/http-errors.md", "client/wire/src/codes.rs", r"^    [A-Z_]+ = \"([a-z-]+)\",$", "`{0}`"),
    ("docs/src/reference/http.md", "client/web/openapi.json", r"^    \"(/v1/[^\"]+)\": \{$", "{0}"),
    # A variant of the enum of commands names the module of its command.
    ("docs/src/reference/command-line.md", "client/cli/src/cli.rs", r"^    [A-Z]\w+\((\w+)::", "`{0}"),
    # A setting, and not a table of settings, whose type has the name of the table.
    (
        "docs/src/operators/configuration.md",
        "client/gateway/src/config.rs",
        r"^    pub (\w+): (?!(?:Http|Chain|Database|Storage|Ingest|Uploads|Images|Paywall|people::People|Log),)",
        "| `{0}` |",
    ),
    ("docs/src/operators/configuration.md", "client/gateway/src/config/people.rs", r"^    pub (\w+): ", "| `{0}` |"),
    ("docs/src/operators/monitoring.md", "client/gateway/src/telemetry.rs", r"\"(vilokanam_gateway_\w+)\"", "`{0}`"),
]


class Document:
    """Markdown file, split into its lines outside of fenced blocks, and the blocks."""

    def __init__(self, path, text):
        self.path = path
        self.lines = []
        self.blocks = []
        fence, language, block, start = None, "", [], 0
        for number, line in enumerate(text.splitlines(), 1):
            found = FENCE.match(line)
            if fence is None and found:
                fence, language, block, start = found.group(1), found.group(2), [], number
            elif fence is not None and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                self.blocks.append((start, language, "\n".join(block)))
                fence = None
            elif fence is not None:
                block.append(line)
            else:
                self.lines.append((number, line))

    def spans(self):
        """Yields each code span with its line number. Spans that continue on another line are not found."""
        for number, line in self.lines:
            for found in CODE_SPAN.finditer(line):
                yield number, found.group(2).strip()

    def links(self):
        """Yields the target of each link and picture, with its line number."""
        for number, line in self.lines:
            plain = CODE_SPAN.sub(lambda found: " " * len(found.group(0)) if "](" in found.group(0) else found.group(0), line)
            for pattern in (LINK, HTML_LINK):
                for found in pattern.finditer(plain):
                    yield number, found.group(1)

    def anchors(self):
        """Returns the fragments of the headings for links, as GitHub and mdBook make them."""
        seen, anchors = {}, set()
        for _, line in self.lines:
            found = HEADING.match(line)
            if not found:
                continue
            slug = slug_of(found.group(2))
            count = seen.get(slug, 0)
            seen[slug] = count + 1
            anchors.add(f"{slug}-{count}" if count else slug)
        return anchors


def slug_of(heading):
    """Returns the fragment of a heading: `A heading, with \\`code\\`` -> `a-heading-with-code`."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return "".join(c if c.isalnum() or c in "-_" else "-" if c == " " else "" for c in text)


def expand(pattern):
    """Returns every text that a pattern with {a,b} matches."""
    found = re.search(r"\{([^{}]*)\}", pattern)
    if not found:
        return [pattern]
    texts = []
    for choice in found.group(1).split(","):
        texts += expand(pattern[: found.start()] + choice + pattern[found.end() :])
    return texts


class Tree:
    """Files and folders of the repository."""

    def __init__(self, root, files):
        self.root = root
        self.files = set(files)
        self.folders = {""}
        for file in self.files:
            parts = file.split("/")
            self.folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))

    def has(self, path):
        return path in self.files or path in self.folders

    def matches(self, pattern):
        """Returns whether a path exists. In a pattern, * matches any part of a name."""
        if "*" not in pattern:
            return self.has(pattern)
        depth = pattern.count("/")
        candidates = (path for path in self.files | self.folders if path.count("/") == depth)
        return any(fnmatch.fnmatchcase(path, pattern) for path in candidates)

    def read(self, path):
        return (self.root / path).read_text(encoding="utf-8")


def inside(folder, path):
    """Returns `path`, which is relative to `folder`, relative to the root; None if it is outside of the root."""
    parts = [part for part in folder.split("/") if part]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def check_links(tree, documents, document, fault):
    folder = str(document.path.parent) if document.path.parent != Path(".") else ""
    is_page = BOOK in document.path.parents
    for number, target in document.links():
        if re.match(r"^[a-z][a-z0-9+.-]*:", target) or target.startswith("//"):
            continue
        path, _, fragment = urllib.parse.unquote(target).partition("#")
        place = inside(folder, path) if path else str(document.path)
        if place is None or not tree.has(place):
            fault(number, f"the link target {target} does not exist")
            continue
        if is_page and not place.startswith(f"{BOOK}/"):
            fault(number, f"the link leads out of the book, to {place}; write the path in backticks instead")
        if fragment and place.endswith(".md"):
            known = documents.get(place)
            if known is not None and fragment not in known.anchors():
                fault(number, f"{place} has no heading with the fragment #{fragment}")


def is_ignored(root, path):
    return subprocess.run(["git", "check-ignore", "-q", path], cwd=root, check=False).returncode == 0


def check_paths(tree, document, fault, ignored=is_ignored):
    folder = str(document.path.parent) if document.path.parent != Path(".") else ""
    for number, span in document.spans():
        text, _, symbols = span.partition(": ")
        if not PATH.match(text) or text in (".", ".."):
            continue
        first = expand(text)[0].split("/")[0]
        if "/" not in text and not ("." in text and tree.has(text)):
            continue
        bases = [base for base in ("", folder) if "*" not in first and tree.has(inside(base, first) or "\0")]
        if not bases:
            continue
        for path in expand(text.rstrip("/")):
            places = [inside(base, path) for base in bases]
            found = [place for place in places if place is not None and tree.matches(place)]
            if not found:
                if not any(place and ignored(tree.root, place) for place in places):
                    fault(number, f"the path {path} does not exist")
            elif symbols:
                check_symbols(tree, found[0], symbols, lambda what: fault(number, what))


def check_symbols(tree, path, symbols, fault):
    if path not in tree.files:
        fault(f"{path} is a folder; only a file can have symbols after ': '")
        return
    text = tree.read(path)
    for symbol in (part.strip() for part in symbols.split(",")):
        if not SYMBOL.match(symbol):
            fault(f"'{symbol}' is not a symbol; write 'path: symbol, symbol'")
            continue
        for name in re.split(r"::|\.", symbol):
            if not re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text):
                fault(f"{path} does not contain {symbol}")
                break


def check_book(documents, faults):
    summary = documents.get(str(SUMMARY))
    if summary is None:
        faults.append(f"{SUMMARY}: the file does not exist")
        return
    listed = {}
    for number, target in summary.links():
        place = inside(str(BOOK), target.partition("#")[0])
        if place in listed:
            faults.append(f"{SUMMARY}:{number}: {target} is listed twice, first on line {listed[place]}")
        listed.setdefault(place, number)
    for number, line in summary.lines:
        if re.search(r"\]\(\s*\)", line):
            faults.append(f"{SUMMARY}:{number}: the entry has no page")
    for path in sorted(documents):
        if Path(path) != SUMMARY and BOOK in Path(path).parents and path not in listed:
            faults.append(f"{path}: SUMMARY.md does not list this page")


def check_names(tree, documents, faults, names=None):
    """Checks that pages which list all names of a source list every one."""
    for page, source, pattern, form in NAMES if names is None else names:
        found = [match.groups() for match in re.finditer(pattern, tree.read(source), re.MULTILINE)]
        if not found:
            faults.append(f"{source}: no name is found with the pattern {pattern}; correct NAMES in scripts/docs.d/check.py")
        text = "\n".join(line for _, line in documents[page].lines)
        for name in found:
            if form.format(*name) not in text:
                faults.append(f"{page}: '{form.format(*name)}' is missing, which {source} has")


def run_examples(document, faults):
    for number, language, text in document.blocks:
        if language != "python":
            continue
        try:
            done = subprocess.run(
                [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, timeout=MAX_EXAMPLE_SECS, check=False
            )
        except subprocess.TimeoutExpired:
            faults.append(f"{document.path}:{number}: the example did not end in {MAX_EXAMPLE_SECS} s")
            continue
        if done.returncode != 0:
            reason = (done.stderr.strip().splitlines() or ["it prints no reason"])[-1]
            faults.append(f"{document.path}:{number}: the example fails: {reason}")


def tracked(root):
    """Returns the existing files that are in git, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
    return [path for path in listed if path and (root / path).is_file()]


def main():
    tree = Tree(ROOT, tracked(ROOT))
    documents = {path: Document(Path(path), tree.read(path)) for path in sorted(tree.files) if path.endswith(".md")}
    faults, links, spans, examples = [], 0, 0, 0
    for path, document in documents.items():
        def fault(number, what, path=path):
            faults.append(f"{path}:{number}: {what}")

        check_links(tree, documents, document, fault)
        check_paths(tree, document, fault)
        links += sum(1 for _ in document.links())
        spans += sum(1 for _ in document.spans())
    check_book(documents, faults)
    check_names(tree, documents, faults)
    for path, document in documents.items():
        if BOOK in Path(path).parents:
            run_examples(document, faults)
            examples += sum(language == "python" for _, language, _ in document.blocks)
    for line in faults:
        print(line, file=sys.stderr)
    if faults:
        print(f"scripts/docs: {len(faults)} errors in the documentation", file=sys.stderr)
        sys.exit(1)
    print(f"    documents: {len(documents)} files, {links} links, {spans} code spans, {examples} examples")


if __name__ == "__main__":
    main()
