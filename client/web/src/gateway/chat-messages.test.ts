import { describe, expect, it } from "vitest";
import { compareIds, mergeMessages, parseChat, withLatest } from "./chat-messages";
import type { ChatMessage } from "./chat-types";

const ANNA = { account: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };

const message = (id: string, text = id): ChatMessage => ({
  id,
  text,
  at: "2026-11-01T10:00:00Z",
  author: ANNA,
  badges: [],
});

const idsOf = (messages: readonly ChatMessage[]) => messages.map(({ id }) => id);

describe("messages of a chat", () => {
  it("are ordered by ids that are too large for numbers", () => {
    expect(compareIds("9", "10")).toBeLessThan(0);
    expect(compareIds("9007199254740993", "9007199254740992")).toBeGreaterThan(0);
    expect(compareIds("7", "7")).toBe(0);
  });

  it("are merged in order and without doubles", () => {
    const known = mergeMessages([], [message("3"), message("1"), message("3")]);
    expect(idsOf(known)).toEqual(["1", "3"]);
    expect(idsOf(mergeMessages(known, [message("10"), message("4")]))).toEqual(["1", "3", "4", "10"]);
    const changed = mergeMessages(known, [message("2"), message("3", "changed")]);
    expect(changed.map(({ text }) => text)).toEqual(["1", "2", "changed"]);
    expect(mergeMessages(known, [])).toBe(known);
  });

  it("beyond a limit are dropped, the oldest first", () => {
    const many = Array.from({ length: 8 }, (_, at) => message(String(at + 1)));
    expect(idsOf(mergeMessages(many, [message("9")], 4))).toEqual(["6", "7", "8", "9"]);
    expect(idsOf(mergeMessages(many.slice(4), many.slice(0, 4), 5))).toEqual(["4", "5", "6", "7", "8"]);
  });

  it("that are missing among the latest ones were deleted", () => {
    const known = ["1", "5", "6", "7"].map((id) => message(id));
    expect(idsOf(withLatest(known, [message("5"), message("7"), message("8")]))).toEqual(["1", "5", "7", "8"]);
    expect(withLatest(known, [])).toEqual([]);
  });
});

describe("what the gateway sends", () => {
  it("is parsed if it has the fields of its type", () => {
    expect(parseChat(JSON.stringify({ type: "messages", messages: [message("1")] }))?.type).toBe("messages");
    expect(parseChat(JSON.stringify({ type: "pinned", message: null }))?.type).toBe("pinned");
    expect(parseChat(JSON.stringify({ type: "restricted", until: null }))?.type).toBe("restricted");
  });

  it("is ignored otherwise", () => {
    const odd = [
      "not json",
      "null",
      "[]",
      JSON.stringify({ type: "later" }),
      JSON.stringify({ type: "messages", messages: [{ ...message("1"), id: "<img>" }] }),
      JSON.stringify({ type: "messages", messages: [{ ...message("1"), author: null }] }),
      JSON.stringify({ type: "messages", messages: [{ ...message("1"), reply_to: { id: "1" } }] }),
      JSON.stringify({ type: "welcome", messages: [] }),
      JSON.stringify({ type: "refused", code: "slow" }),
    ];
    for (const data of odd) expect(parseChat(data), data).toBeNull();
    expect(parseChat(new ArrayBuffer(2))).toBeNull();
  });
});
