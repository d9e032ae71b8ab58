import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chat } from "./chat";

const asked = vi.fn<(path: string, init?: RequestInit) => Promise<Response>>();

beforeEach(() => {
  asked.mockReset();
  vi.stubGlobal("fetch", asked);
});
afterEach(() => vi.unstubAllGlobals());

describe("requests about a chat", () => {
  it("name an unlisted recording by its token", async () => {
    asked.mockImplementation(async () => Response.json({ messages: [] }));
    await chat.replay("7", "3-abc", { fromMs: 0, toMs: 60_000, limit: 200 });
    expect(asked.mock.calls[0]?.[0]).toBe("/v1/streams/7/recordings/3-abc/chat?from_ms=0&to_ms=60000&limit=200");
  });

  it("read bans page by page", async () => {
    asked.mockImplementation(async () => Response.json({ items: [], next_cursor: "b" }));
    expect(await chat.bans("7", { limit: 50, cursor: "a" })).toEqual({ items: [], next_cursor: "b" });
    expect(asked.mock.calls[0]?.[0]).toBe("/v1/streams/7/chat/bans?limit=50&cursor=a");
  });
});
