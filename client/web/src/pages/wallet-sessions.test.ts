import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { gateway, type SessionRecord } from "../gateway";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { SessionList } from "./wallet-sessions";

vi.mock("../gateway", () => ({ gateway: { sessionsOf: vi.fn() } }));
vi.mock("../chain", () => ({ chain: {} }));

const record = (stream: string) =>
  ({ session: stream, stream, opened_at: "2026-01-05T12:00:00Z", settled_ticks: 1, paid: "1" }) as SessionRecord;

let body: FakeElement;

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
});

afterEach(() => {
  draw(null, body);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The streams of the listed sessions, in order. */
const listed = () =>
  body
    .all("a")
    .map((link) => link.textContent)
    .filter((text) => text.startsWith("Stream "))
    .map((text) => text.slice("Stream ".length));

describe("the list of sessions", () => {
  it("keeps a session that a new one pushes to the second page", async () => {
    let first = ["4", "3"];
    vi.mocked(gateway.sessionsOf).mockImplementation(async (_, { cursor } = {}) =>
      cursor === undefined
        ? { items: first.map(record), next_cursor: "page 2" }
        : { items: ["2", "1"].map(record), next_cursor: null },
    );
    draw(h(SessionList, { viewer: "5Viewer" }), body);
    await vi.advanceTimersByTimeAsync(1_000);
    const more = body.all("button").find(({ textContent }) => textContent.startsWith("Show older"));
    more?.dispatchEvent(new Event("click"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(listed()).toEqual(["4", "3", "2", "1"]);
    // A new session pushes "3" over the border of the first page.
    first = ["5", "4"];
    await vi.advanceTimersByTimeAsync(11_000);
    expect(listed()).toEqual(["5", "4", "3", "2", "1"]);
  });
});
