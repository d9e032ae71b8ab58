import { afterEach, describe, expect, it, vi } from "vitest";
import { Debounce, fieldText, searchAddress, searchTextOf } from "./search";

afterEach(() => {
  vi.useRealTimers();
});

describe("the search field", () => {
  it("shows the text that the address searches for", () => {
    expect(searchTextOf("/", new URLSearchParams("q=jazz"))).toBe("jazz");
    expect(searchTextOf("/wallet", new URLSearchParams("q=jazz"))).toBe("");
    expect(fieldText("jazz", "")).toBe("jazz");
    expect(fieldText("", "jazz")).toBe("");
  });

  it("keeps a space that is being typed", () => {
    expect(fieldText("night", "night ")).toBe("night ");
  });

  it("leads to the list, whose other parameters stay", () => {
    expect(searchAddress(" jazz ", "/watch/0", new URLSearchParams("x=1"))).toBe("/?q=jazz");
    expect(searchAddress("jazz", "/", new URLSearchParams("category=Music"))).toBe("/?category=Music&q=jazz");
    expect(searchAddress(" ", "/", new URLSearchParams("q=jazz"))).toBe("/");
  });

  it("searches once for several key presses, and not after being cancelled", () => {
    vi.useFakeTimers();
    const debounce = new Debounce(250);
    const search = vi.fn();
    for (const typed of ["j", "ja", "jaz", "jazz"]) {
      debounce.schedule(() => search(typed));
      vi.advanceTimersByTime(100);
    }
    expect(search).not.toHaveBeenCalled();
    vi.advanceTimersByTime(250);
    expect(search.mock.calls).toEqual([["jazz"]]);
    debounce.schedule(() => search("more"));
    debounce.cancel();
    vi.advanceTimersByTime(1_000);
    expect(search).toHaveBeenCalledTimes(1);
  });
});
