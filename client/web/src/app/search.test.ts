import { afterEach, describe, expect, it, vi } from "vitest";
import { addressOf, askedIn, Pause, shownFor } from "./search";

afterEach(() => {
  vi.useRealTimers();
});

describe("the search field", () => {
  it("shows what the address asks for", () => {
    expect(askedIn("/", new URLSearchParams("q=jazz"))).toBe("jazz");
    expect(askedIn("/wallet", new URLSearchParams("q=jazz"))).toBe("");
    expect(shownFor("jazz", "")).toBe("jazz");
    expect(shownFor("", "jazz")).toBe("");
  });

  it("leaves the space that is being typed", () => {
    expect(shownFor("night", "night ")).toBe("night ");
  });

  it("goes to the list, whose other choices stay", () => {
    expect(addressOf(" jazz ", "/watch/0", new URLSearchParams("x=1"))).toBe("/?q=jazz");
    expect(addressOf("jazz", "/", new URLSearchParams("category=Music"))).toBe("/?category=Music&q=jazz");
    expect(addressOf(" ", "/", new URLSearchParams("q=jazz"))).toBe("/");
  });

  it("searches once for many letters, and not at all when it is called off", () => {
    vi.useFakeTimers();
    const pause = new Pause(250);
    const search = vi.fn();
    for (const typed of ["j", "ja", "jaz", "jazz"]) {
      pause.next(() => search(typed));
      vi.advanceTimersByTime(100);
    }
    expect(search).not.toHaveBeenCalled();
    vi.advanceTimersByTime(250);
    expect(search.mock.calls).toEqual([["jazz"]]);
    pause.next(() => search("more"));
    pause.cancel();
    vi.advanceTimersByTime(1_000);
    expect(search).toHaveBeenCalledTimes(1);
  });
});
