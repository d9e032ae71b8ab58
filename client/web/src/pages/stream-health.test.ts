import { h } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { gateway, type IngestHealth } from "../gateway";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { Health } from "./stream-health";

vi.mock("../gateway", () => ({ gateway: { health: vi.fn() } }));

const health = (diagnosis: string, state: IngestHealth["state"]) =>
  ({
    diagnosis,
    state,
    is_well: true,
    ladder: [],
    frame_rate: 30,
    dropped_frames: 0,
    speed: 1,
    bitrate_bps: 1,
  }) as unknown as IngestHealth;

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

it("follows the incoming stream by itself", async () => {
  vi.mocked(gateway.health).mockResolvedValue(health("Nothing arrives.", "offline"));
  draw(h(Health, { stream: "7" }), body);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(body.textContent).toContain("Nothing arrives.");
  expect(body.textContent).not.toContain("Bitrate");
  vi.mocked(gateway.health).mockResolvedValue(health("All is well.", "live"));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(body.textContent).toContain("All is well.");
  expect(body.textContent).toContain("Bitrate");
  expect(vi.mocked(gateway.health).mock.calls.map(([stream]) => stream)).toEqual(["7", "7"]);
});

it("keeps the last figures while the gateway does not answer", async () => {
  vi.mocked(gateway.health).mockResolvedValueOnce(health("All is well.", "live"));
  draw(h(Health, { stream: "7" }), body);
  await vi.advanceTimersByTimeAsync(1_000);
  vi.mocked(gateway.health).mockRejectedValue(new Error("busy"));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(body.textContent).toContain("All is well.");
});
