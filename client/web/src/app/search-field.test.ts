import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { search } from "../gateway";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { SearchField } from "./search-field";

const router = vi.hoisted(() => ({ navigate: vi.fn(), path: null as unknown, query: null as unknown }));
vi.mock("./router", () => ({
  navigate: router.navigate,
  get path() {
    return router.path;
  },
  get query() {
    return router.query;
  },
}));
vi.mock("../gateway", () => ({ search: { suggest: vi.fn() } }));

let body: FakeElement;
const one = (name: string) => body.all(name)[0] as FakeElement;
const options = () => body.all("div").filter((element) => Reflect.get(element, "role") === "option");

/** What Preact sets of an element, as a property or an attribute. */
const given = (element: FakeElement, name: string) => Reflect.get(element, name);

async function type(text: string): Promise<void> {
  const input = one("input");
  Reflect.set(input, "value", text);
  input.dispatchEvent(new Event("input"));
  await vi.advanceTimersByTimeAsync(50);
}

async function press(key: string): Promise<void> {
  one("input").dispatchEvent(Object.assign(new Event("keydown", { cancelable: true }), { key }));
  await vi.advanceTimersByTimeAsync(50);
}

async function submit(): Promise<void> {
  one("form").dispatchEvent(new Event("submit", { cancelable: true }));
  await vi.advanceTimersByTimeAsync(50);
}

beforeEach(async () => {
  vi.useFakeTimers();
  body = fakeDocument().body;
  router.path = signal("/");
  router.query = signal(new URLSearchParams());
  vi.mocked(search.suggest).mockResolvedValue(["sarangi", "saraswati"]);
  draw(h(SearchField, {}), body);
  await vi.advanceTimersByTimeAsync(50);
});

afterEach(() => {
  draw(null, body);
  vi.clearAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the search field in the header", () => {
  it("asks for suggestions once the user stops typing, and cancels the request when the text changes", async () => {
    for (const text of ["s", "sa", "sar"]) await type(text);
    expect(search.suggest).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect(vi.mocked(search.suggest).mock.calls.map(([text]) => text)).toEqual(["sar"]);
    expect(options().map(({ textContent }) => textContent)).toEqual(["sarangi", "saraswati"]);
    const signal = vi.mocked(search.suggest).mock.calls[0]?.[2];
    await type("sara");
    expect(signal?.aborted).toBe(true);
  });

  it("searches for the suggestion that the keyboard has reached, or else for the text", async () => {
    await type("sar");
    await vi.advanceTimersByTimeAsync(200);
    await press("ArrowDown");
    await press("ArrowDown");
    expect(options().map((option) => given(option, "aria-selected"))).toEqual([false, true]);
    await submit();
    expect(router.navigate).toHaveBeenLastCalledWith("/search?q=saraswati");
    await type("late");
    await vi.advanceTimersByTimeAsync(200);
    await press("ArrowUp");
    await type("late night");
    await submit();
    expect(router.navigate).toHaveBeenLastCalledWith("/search?q=late+night");
  });

  it("closes the list with Escape, and works without suggestions", async () => {
    await type("sar");
    await vi.advanceTimersByTimeAsync(200);
    expect(given(one("input"), "aria-expanded")).toBe(true);
    await press("Escape");
    expect(given(one("input"), "aria-expanded")).toBe(false);
    vi.mocked(search.suggest).mockRejectedValue(new Error("offline"));
    await type("sara");
    await vi.advanceTimersByTimeAsync(200);
    await submit();
    expect(router.navigate).toHaveBeenLastCalledWith("/search?q=sara");
  });
});
