import { type Signal, signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { loadRows } from "./home-rows";
import { useHomeRows } from "./use-home-rows";

type Person = { readonly account: string } | null | undefined;

const gateway = vi.hoisted(() => ({ signedIn: null as unknown, note: null as string | null }));
vi.mock("../gateway", () => ({
  get signedIn() {
    return gateway.signedIn;
  },
  signInNote: () => gateway.note,
}));
vi.mock("./home-rows", () => ({ loadRows: vi.fn(), Rows: () => null }));

let body: FakeElement;
let person: Signal<Person>;

function Shown() {
  const rows = useHomeRows(true);
  return h("p", null, rows === null ? "none" : rows === "loading" ? "loading" : "rows");
}

async function drawn(who: Person, note: string | null): Promise<string> {
  person = signal<Person>(who);
  gateway.signedIn = person;
  gateway.note = note;
  draw(h(Shown, null), body);
  return body.textContent;
}

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
  vi.mocked(loadRows).mockResolvedValue({ live: [], unfinished: [], recommended: [], trending: [] });
});

afterEach(() => {
  draw(null, body);
  vi.clearAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the rows of the home page", () => {
  it("are neither waited for nor loaded for strangers", async () => {
    expect(await drawn(undefined, null)).toBe("none");
    person.value = null;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(body.textContent).toBe("none");
    expect(loadRows).not.toHaveBeenCalled();
  });

  it("are waited for while the sign-in is renewed, and shown", async () => {
    expect(await drawn(undefined, "in")).toBe("loading");
    person.value = { account: "5Viewer" };
    await vi.advanceTimersByTimeAsync(500);
    expect(body.textContent).toBe("rows");
    expect(loadRows).toHaveBeenCalledTimes(1);
  });

  it("are not waited for any longer if the sign-in has ended, or the gateway is slow", async () => {
    expect(await drawn(undefined, "in")).toBe("loading");
    person.value = null;
    await vi.advanceTimersByTimeAsync(500);
    expect(body.textContent).toBe("none");
    draw(null, body);
    vi.mocked(loadRows).mockReturnValue(new Promise(() => undefined));
    expect(await drawn({ account: "5Viewer" }, "in")).toBe("loading");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(body.textContent).toBe("none");
    expect(vi.mocked(loadRows).mock.lastCall?.[0].aborted).toBe(true);
  });
});
