import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CommentView } from "../gateway";
import { draftKey, readDraft, writeDraft } from "./comment-draft";
import { editedList } from "./comment-list";
import { commentParts } from "./comment-times";

/** The browser's storage, in memory. */
function fakeStorage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

let storage: ReturnType<typeof fakeStorage>;
beforeEach(() => {
  storage = fakeStorage();
  vi.stubGlobal("localStorage", storage);
});
afterEach(() => vi.unstubAllGlobals());

describe("drafts of comments", () => {
  const key = draftKey("7", 3, null);

  it("stay until they are sent, each with its recording and the comment that it answers", () => {
    writeDraft(key, { text: "Lovely", at_s: 83 });
    writeDraft(draftKey("7", 3, 12), { text: "I agree" });
    expect(readDraft(key)).toEqual({ text: "Lovely", at_s: 83 });
    expect(readDraft(draftKey("7", 3, 12))).toEqual({ text: "I agree" });
    expect(readDraft(draftKey("7", 4, null))).toBeNull();
    writeDraft(key, { text: " " });
    writeDraft(draftKey("7", 3, 12), null);
    expect(storage.kept.size).toBe(0);
  });

  it("are limited in number, and those that cannot be read are ignored", () => {
    for (let at = 0; at < 50; at++) writeDraft(draftKey("7", at, null), { text: "draft" });
    expect(readDraft(draftKey("7", 29, null))).toBeNull();
    expect(readDraft(draftKey("7", 30, null))).toEqual({ text: "draft" });
    for (const stored of ["not json", "{}", "[1]", '[["7/3/", {}]]']) {
      storage.kept.set([...storage.kept.keys()][0] ?? "", stored);
      expect(readDraft(key), stored).toBeNull();
    }
  });

  it("are not kept in a browser that blocks the site's data", () => {
    vi.stubGlobal("localStorage", undefined);
    writeDraft(key, { text: "Lovely" });
    expect(readDraft(key)).toBeNull();
  });
});

describe("positions in comments", () => {
  it("can be pressed if the recording is as long", () => {
    expect(commentParts("At 1:23 and 1:02:03, but not 59:59", 3_800)).toEqual([
      { text: "At " },
      { text: "1:23", atS: 83 },
      { text: " and " },
      { text: "1:02:03", atS: 3_723 },
      { text: ", but not " },
      { text: "59:59", atS: 3_599 },
    ]);
    const text = "not 1:99, 12:34:56:78, 10:30 or 1.5:20";
    expect(commentParts(text, 60)).toEqual([{ text }]);
    expect(commentParts("", 60)).toEqual([{ text: "" }]);
  });
});

describe("a list of comments", () => {
  const comment = (id: number): CommentView => ({
    id,
    author: { account: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" },
    text: "",
    at: "2026-11-01T10:00:00Z",
    likes: 0,
    is_liked_by_me: false,
    replies: 0,
    is_mine: true,
  });
  const ids = (...args: Parameters<typeof editedList>) => editedList(...args).map(({ id }) => id);

  it("has what was just written, once, and not what was just deleted", () => {
    const items = [comment(2), comment(1)];
    expect(ids(items, [comment(3), comment(4)], new Set(["1"]), true)).toEqual([4, 3, 2]);
    expect(ids(items, [comment(3)], new Set(), false)).toEqual([2, 1, 3]);
    const answered = { ...comment(5), replies: 2, text: "Lovely" };
    const [left] = editedList([answered], [], new Set(["5"]), true);
    expect([left?.text, left?.is_deleted]).toEqual(["", true]);
    expect(ids([comment(3), ...items], [comment(3)], new Set(), true)).toEqual([3, 2, 1]);
  });
});
