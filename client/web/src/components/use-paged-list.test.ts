import { describe, expect, it } from "vitest";
import { type PagedList, withFirstPage, withNextPage } from "./use-paged-list";

interface Item {
  readonly id: number;
  readonly text: string;
}

const idOf = ({ id }: Item) => String(id);
const items = (...ids: readonly number[]) => ids.map((id) => ({ id, text: "old" }));
const ids = (list: PagedList<Item>) => list.items.map(({ id }) => id);

describe("a refreshed first page", () => {
  it("is the whole list at first", () => {
    const list = withFirstPage(null, { items: items(3, 2), next_cursor: "after 2" }, idOf);
    expect(list).toEqual({ items: items(3, 2), nextCursor: "after 2" });
  });

  it("keeps items that newer ones have pushed off it, and updates the others", () => {
    const list = { items: items(3, 2, 1, 0), nextCursor: null };
    const fresh = {
      items: [
        { id: 4, text: "new" },
        { id: 3, text: "new" },
      ],
      next_cursor: "after 3",
    };
    const merged = withFirstPage(list, fresh, idOf);
    expect(ids(merged)).toEqual([4, 3, 2, 1, 0]);
    expect(merged.items.map(({ text }) => text)).toEqual(["new", "new", "old", "old", "old"]);
    expect(merged.nextCursor).toBeNull();
  });

  it("starts the list again if items between may be missing", () => {
    const list = { items: items(3, 2, 1), nextCursor: null };
    const merged = withFirstPage(list, { items: items(9, 8), next_cursor: "after 8" }, idOf);
    expect(merged).toEqual({ items: items(9, 8), nextCursor: "after 8" });
  });
});

describe("a next page", () => {
  it("is appended, without repeating items of the list", () => {
    const list = { items: items(4, 3, 2), nextCursor: "after 3" };
    const page = {
      items: [
        { id: 2, text: "new" },
        { id: 1, text: "new" },
      ],
    };
    const merged = withNextPage(list, page, idOf);
    expect(ids(merged)).toEqual([4, 3, 2, 1]);
    expect(merged.items[2]?.text).toBe("new");
    expect(merged.nextCursor).toBeNull();
  });
});
