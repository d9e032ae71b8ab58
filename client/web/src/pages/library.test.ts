import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Job, type Recording, type StreamView, video } from "../gateway";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { Content, rowText } from "./library";

const parts = vi.hoisted(() => ({ onJob: (_: string) => {} }));

vi.mock("../gateway", () => ({
  gateway: {},
  imageUrl: () => null,
  loadUploads: vi.fn(),
  referenceOf: ({ number, reference }: Recording) => reference || String(number),
  video: { ownRecordings: vi.fn(), jobs: vi.fn(), job: vi.fn(), cancelJob: vi.fn() },
}));
vi.mock("../chain", () => ({ chain: {}, wallet: { account: { value: null } } }));
vi.mock("../pay", () => ({ boughtProof: vi.fn() }));
vi.mock("../account", () => ({ ensureSignedIn: vi.fn() }));
vi.mock("./library-upload", () => ({
  UploadPanel: ({ onJob }: { readonly onJob: (job: string) => void }) => {
    parts.onJob = onJob;
    return null;
  },
}));

const STREAM = { stream: "7" } as unknown as StreamView;
const AT = "2030-01-01T12:00:00Z";
const recording = (number: number, more: Partial<Recording> = {}) =>
  ({
    number,
    title: `Title ${number}`,
    started_at: AT,
    duration_s: 60,
    ...more,
  }) as unknown as Recording;
const job = (state: Job["state"], progress: number): Job => {
  return { id: "j", kind: "upload", stream: "7", state, progress, created_at: AT, updated_at: AT };
};
let body: FakeElement;

const titles = () => body.all("h3").map(({ textContent }) => textContent);

async function passed(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) await vi.advanceTimersByTimeAsync(1_000);
}

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
  vi.mocked(video.ownRecordings).mockResolvedValue({ items: [recording(1)] });
  vi.mocked(video.jobs).mockResolvedValue([]);
});
afterEach(() => {
  draw(null, body);
  vi.clearAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the creator's library", () => {
  it("shows all recordings at once, also private ones", async () => {
    vi.mocked(video.ownRecordings).mockResolvedValue({
      items: [recording(2, { visibility: "private" }), recording(1, { visibility: "public" })],
    });
    draw(h(Content, { stream: STREAM }), body);
    await passed(2);
    expect(titles()).toEqual(["Title 2", "Title 1"]);
    expect(body.textContent).toContain("Private");
  });

  it("follows an upload by its id until it is ready", async () => {
    vi.mocked(video.job).mockResolvedValue(job("processing", 0.4));
    draw(h(Content, { stream: STREAM }), body);
    await passed(2);
    expect(video.job).not.toHaveBeenCalled();
    parts.onJob("j");
    await passed(3);
    expect(body.textContent).toContain("40\u00a0%");
    vi.mocked(video.ownRecordings).mockResolvedValue({ items: [recording(2), recording(1)] });
    vi.mocked(video.job).mockResolvedValue(job("ready", 1));
    await passed(4);
    expect(titles()).toEqual(["Title 2", "Title 1"]);
    const asked = vi.mocked(video.job).mock.calls.length;
    await passed(10);
    expect(vi.mocked(video.job).mock.calls.length).toBe(asked);
  });

  it("shows work that began in an earlier visit, and follows it", async () => {
    vi.mocked(video.jobs).mockResolvedValue([job("processing", 0.2)]);
    vi.mocked(video.job).mockResolvedValue(job("processing", 0.3));
    draw(h(Content, { stream: STREAM }), body);
    await passed(1);
    expect(body.textContent).toContain("20\u00a0%");
    await passed(3);
    expect(body.textContent).toContain("30\u00a0%");
  });

  it("says of a recording what it is and how large", () => {
    const text = rowText(recording(1, { kind: "clip", bytes: 3 * 1_024 * 1_024, is_free: true }));
    expect(text).toMatch(/^Clip · .* · 3 MiB · free$/);
  });
});
