import { describe, expect, it } from "vitest";
import { isEmpty, isFiltered, requestOf, withoutFilters, withParam } from "./search-query";

const NOW_MS = Date.parse("2026-11-30T12:00:00Z");
const parse = (text: string) => requestOf(new URLSearchParams(text), NOW_MS);

describe("the address of a search", () => {
  it("states words, filters and order", () => {
    expect(
      parse("q=+night+train+&kind=recording&live=1&category=Music&language=ne&price=0.005&length=medium&sort=newest"),
    ).toEqual({
      q: "night train",
      kind: "recording",
      live: true,
      category: "Music",
      language: "ne",
      max_price: "5000000000",
      min_s: 300,
      max_s: 1_800,
      sort: "newest",
    });
    expect(parse("price=0&date=week")).toEqual({ max_price: "0", since: "2026-11-23T12:00:00.000Z" });
  });

  it("with unknown values is read without them", () => {
    expect(parse("kind=cats&live=yes&price=-1&length=endless&date=never&sort=worst&category=+")).toEqual({});
  });

  it("changes one parameter at a time, and loses its filters at once", () => {
    const query = new URLSearchParams("q=a+b&kind=stream&sort=price");
    expect(withParam(query, "category", "R&B")).toBe("/search?q=a+b&kind=stream&sort=price&category=R%26B");
    expect(withParam(query, "kind", null)).toBe("/search?q=a+b&sort=price");
    expect(withoutFilters(query)).toBe("/search?q=a+b&sort=price");
    expect(withParam(new URLSearchParams("live=1"), "live", null)).toBe("/search");
  });

  it("is empty without words and filters, and not filtered by its order", () => {
    expect(isEmpty(new URLSearchParams("q=+&sort=price"))).toBe(true);
    expect(isEmpty(new URLSearchParams("category=Music"))).toBe(false);
    expect(isFiltered(new URLSearchParams("q=a&sort=price"))).toBe(false);
    expect(isFiltered(new URLSearchParams("q=a&live=1"))).toBe(true);
  });
});
