import { h } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ensureSignedIn } from "../account";
import { video } from "../gateway";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { ClipDialog } from "./clip-dialog";

vi.mock("../gateway", () => ({
  gateway: { storyboard: vi.fn(async () => []) },
  video: { createClip: vi.fn(async () => ({ id: "j" })), createViewerClip: vi.fn(async () => ({ id: "j" })) },
}));
vi.mock("../chain", () => ({ chain: {}, wallet: { account: { value: null } } }));
vi.mock("../account", () => ({ ensureSignedIn: vi.fn(async () => ({ account: "5Creator" })) }));
vi.mock("../pay", () => ({ boughtProof: vi.fn(async () => ({ viewer: "5Viewer" })) }));

let body: FakeElement;

const labelled = (label: string) => {
  const id = Reflect.get(body.all("label").find(({ textContent }) => textContent === label) ?? {}, "for");
  const input = body.all("input").find((one) => Reflect.get(one, "id") === id);
  if (!input) throw new Error(`there is no field ${label}`);
  return input;
};

async function type(label: string, text: string): Promise<void> {
  const input = labelled(label);
  Reflect.set(input, "value", text);
  input.dispatchEvent(new Event("input"));
  await vi.advanceTimersByTimeAsync(100);
}

async function make(): Promise<boolean> {
  const button = body.all("button").find(({ textContent }) => textContent === "Make the clip");
  if (!button || Reflect.get(button, "disabled")) return false;
  button.dispatchEvent(new Event("click"));
  await vi.advanceTimersByTimeAsync(100);
  return true;
}

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
});
afterEach(() => {
  draw(null, body);
  vi.clearAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const options = { stream: "7", onClose: () => undefined };

it("makes a clip of the part that is chosen", async () => {
  draw(h(ClipDialog, { ...options, source: 3, lengthS: 100 }), body);
  await type("From", "0:20");
  await type("To", "0:42");
  expect(body.textContent).toContain("A clip of 22 s.");
  expect(await make()).toBe(true);
  expect(ensureSignedIn).toHaveBeenCalledWith(expect.objectContaining({ by: "wallet" }));
  expect(vi.mocked(video.createClip).mock.calls[0]).toEqual([
    "7",
    { source: 3, start_ms: 20_000, end_ms: 42_000, title: "", is_free: false },
  ]);
});

it("makes no clip while an end is not in the video", async () => {
  draw(h(ClipDialog, { ...options, source: 3, lengthS: 100 }), body);
  for (const wrong of ["2:00", "0:99", "soon"]) {
    await type("To", wrong);
    expect([wrong, await make()]).toEqual([wrong, false]);
  }
  await type("To", "0:10");
  expect(await make()).toBe(true);
});

it("shows where an end is when another field has moved it", async () => {
  draw(h(ClipDialog, { ...options, source: 3, lengthS: 100 }), body);
  await type("To", "0:10");
  labelled("To").dispatchEvent(new Event("blur"));
  await type("From", "0:50");
  expect(Reflect.get(labelled("To"), "value")).toBe("0:55");
});

it("of a viewer is of the time of day in a broadcast, and proves what is bought", async () => {
  draw(h(ClipDialog, { ...options, source: "live", startMs: 1_000_000, lengthS: 60, viewer: "5Viewer" }), body);
  expect(await make()).toBe(true);
  expect(vi.mocked(video.createViewerClip).mock.calls[0]).toEqual([
    "7",
    { source: "live", start_ms: 1_030_000, end_ms: 1_060_000, title: "", is_free: false },
    { viewer: "5Viewer" },
  ]);
  expect(video.createClip).not.toHaveBeenCalled();
  expect(ensureSignedIn).not.toHaveBeenCalled();
});
