import { describe, expect, it, vi } from "vitest";
import { people, type StreamView } from "../gateway";
import { loadRows } from "./home-rows";

vi.mock("../gateway", () => ({
  gateway: {},
  people: { following: vi.fn(), unfinished: vi.fn(), recommended: vi.fn(), trending: vi.fn() },
}));
vi.mock("../chain", () => ({ chain: {}, wallet: {} }));

const streams = (...ids: readonly number[]) => ids.map((id) => ({ stream: String(id) }) as unknown as StreamView);
const ids = (row: readonly StreamView[]) => row.map(({ stream }) => Number(stream));

describe("the rows of the home page", () => {
  it("show each stream once, in the row that says most about it, and leave out what cannot be loaded", async () => {
    const live = [{ live: streams(1) }, { live: streams(2, 3) }] as never;
    vi.mocked(people.following).mockResolvedValue({ items: live });
    vi.mocked(people.unfinished).mockRejectedValue(new Error("offline"));
    vi.mocked(people.recommended).mockResolvedValue(streams(3, 4, 5));
    vi.mocked(people.trending).mockResolvedValue(streams(1, 4, 6, 7, 8, 9, 10));
    const rows = await loadRows(new AbortController().signal);
    expect([ids(rows.live), ids(rows.recommended), ids(rows.trending)]).toEqual([
      [1, 2, 3],
      [4, 5],
      [6, 7, 8, 9],
    ]);
    expect(rows.unfinished).toEqual([]);
  });
});
