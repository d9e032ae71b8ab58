import { describe, expect, it } from "vitest";
import { fieldText, movedBy, redirectOf, searchAddress, searchTextOf } from "./search";

describe("the search field", () => {
  it("shows the text that the address searches for", () => {
    expect(searchTextOf("/search", new URLSearchParams("q=jazz"))).toBe("jazz");
    expect(searchTextOf("/wallet", new URLSearchParams("q=jazz"))).toBe("");
    expect(fieldText("jazz", "")).toBe("jazz");
    expect(fieldText("", "jazz")).toBe("");
  });

  it("keeps a space that is being typed", () => {
    expect(fieldText("night", "night ")).toBe("night ");
  });

  it("leads to the search page, whose filters stay", () => {
    expect(searchAddress(" jazz ", "/watch/0", new URLSearchParams("x=1"))).toBe("/search?q=jazz");
    expect(searchAddress("jazz", "/search", new URLSearchParams("category=Music"))).toBe(
      "/search?category=Music&q=jazz",
    );
    expect(searchAddress(" ", "/search", new URLSearchParams("q=jazz"))).toBe("/search");
  });

  it("is where old addresses of the list lead to", () => {
    expect(redirectOf(new URLSearchParams("q=late+night&category=Music&sort=price"))).toBe(
      "/search?q=late+night&category=Music",
    );
    expect(redirectOf(new URLSearchParams("category=Music"))).toBeNull();
    expect(redirectOf(new URLSearchParams("q=+"))).toBeNull();
  });

  it("moves through the suggestions and back to the field", () => {
    expect([null, 0, 1].map((at) => movedBy(at, "ArrowDown", 2))).toEqual([0, 1, null]);
    expect([null, 0, 1].map((at) => movedBy(at, "ArrowUp", 2))).toEqual([1, null, 0]);
    expect(movedBy(null, "ArrowDown", 0)).toBeNull();
  });
});
