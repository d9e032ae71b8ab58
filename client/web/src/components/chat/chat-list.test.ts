import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Announcer } from "./announcer";
import { countAfter, earlier, FOLLOWED_ROWS, later, MAX_ROWS, shownRows } from "./message-window";

/** Ids with gaps, as those of a chat are. */
const list = (length: number, first = 1) => Array.from({ length }, (_, at) => ({ id: String((first + at) * 3) }));

describe("the messages in the document", () => {
  it("are the last ones while the reader follows", () => {
    expect(shownRows([], null)).toEqual({ start: 0, end: 0 });
    expect(shownRows(list(10), null)).toEqual({ start: 0, end: 10 });
    expect(shownRows(list(10_000), null)).toEqual({ start: 10_000 - FOLLOWED_ROWS, end: 10_000 });
  });

  it("are never more than a limit, from the end of ten thousand to their beginning and back", () => {
    const messages = list(10_000);
    let rows = shownRows(messages, null);
    let from: string | null = messages[rows.start]?.id ?? null;
    const seen = new Set<number>();
    while (rows.start > 0) {
      from = earlier(messages, rows);
      rows = shownRows(messages, from);
      expect(rows.end - rows.start).toBeLessThanOrEqual(MAX_ROWS);
      for (let at = rows.start; at < rows.end; at++) seen.add(at);
    }
    expect(seen.size).toBeGreaterThan(9_990);
    expect(earlier(messages, rows)).toBe(messages[0]?.id);
    for (let next = later(messages, rows); next !== null; next = later(messages, rows)) {
      const before = rows;
      rows = shownRows(messages, next);
      expect(rows.start).toBeGreaterThan(before.start);
      // Windows overlap, so that what is on screen stays in the document.
      expect(rows.start).toBeLessThan(before.end);
    }
    expect(rows.end).toBe(10_000);
  });

  it("stay the same when earlier ones are loaded or dropped, and when the first of them is deleted", () => {
    const from = "300";
    const firstShown = (messages: readonly { id: string }[]) => messages[shownRows(messages, from).start]?.id;
    expect(firstShown(list(500, 50))).toBe(from);
    expect(firstShown(list(549, 1))).toBe(from);
    expect(firstShown(list(500, 50).filter(({ id }) => id !== from))).toBe("303");
    // Everything before them was dropped, and they, too.
    expect(firstShown(list(500, 200))).toBe("600");
  });

  it("leave out the unread ones, which are counted", () => {
    const messages = list(10);
    expect(countAfter(messages, "30")).toBe(0);
    expect(countAfter(messages, "24")).toBe(2);
    expect(countAfter(messages, "25")).toBe(2);
    expect(countAfter(messages, null)).toBe(10);
  });
});

describe("announcements", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("give a message word for word, and many in a row as a number with the last one", () => {
    const said: string[] = [];
    const announcer = new Announcer((text) => said.push(text));
    announcer.add([]);
    announcer.add([{ name: "Anna", text: "hello" }]);
    for (let at = 0; at < 100; at++) announcer.add([{ name: "Ben", text: `message ${at}` }]);
    expect(said).toEqual(["Anna: hello"]);
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual(["Anna: hello", "100 new messages. The last one is from Ben: message 99"]);
    announcer.add([{ name: "Anna", text: "x".repeat(500) }]);
    expect(said.at(-1)).toBe(`Anna: ${"x".repeat(160)}…`);
    announcer.add([{ name: "Anna", text: "never" }]);
    announcer.close();
    vi.advanceTimersByTime(60_000);
    expect(said).toHaveLength(3);
  });
});
