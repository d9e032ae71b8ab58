import { describe, expect, it, vi } from "vitest";
import type { ProgressItem, Subject } from "../gateway";
import { MAX_ITEMS, ProgressBatch } from "./progress-batch";
import { continuesAt } from "./use-progress";

const AT = new Date("2026-11-30T12:00:00Z");
const FIRST: Subject = "recording:7:3";
const SECOND: Subject = "recording:7:4";

function batchWith(answer: () => Promise<void> = () => Promise.resolve()) {
  const report = vi.fn((_items: readonly ProgressItem[], _isLast: boolean) => answer());
  return { report, batch: new ProgressBatch(report) };
}

describe("positions in recordings", () => {
  it("are reported once, the last one of each recording", async () => {
    const { report, batch } = batchWith();
    batch.note(FIRST, 1, 60, AT);
    batch.note(SECOND, 5, Number.NaN, AT);
    batch.note(FIRST, 12.3456, 60, AT);
    await batch.flush();
    await batch.flush();
    expect(report.mock.calls).toEqual([
      [
        [
          { subject: SECOND, position_ms: 5_000, at: "2026-11-30T12:00:00.000Z" },
          { subject: FIRST, position_ms: 12_346, duration_ms: 60_000, at: "2026-11-30T12:00:00.000Z" },
        ],
        false,
      ],
    ]);
  });

  it("that could not be reported stay, unless there is a newer one", async () => {
    const answers = [Promise.reject(new Error("offline")), Promise.resolve()];
    const { report, batch } = batchWith(() => answers.shift() ?? Promise.resolve());
    batch.note(FIRST, 1, 60, AT);
    batch.note(SECOND, 2, 60, AT);
    const flushed = batch.flush();
    batch.note(FIRST, 9, 60, AT);
    await flushed;
    await batch.flush();
    const positions = report.mock.calls[1]?.[0].map(({ subject, position_ms }) => [subject, position_ms]);
    expect(positions).toEqual([
      [FIRST, 9_000],
      [SECOND, 2_000],
    ]);
  });

  it("are reported one report at a time, except when the page is left", async () => {
    let answer: () => void = () => undefined;
    const { report, batch } = batchWith(() => new Promise((resolve) => (answer = resolve)));
    batch.note(FIRST, 1, 60, AT);
    const first = batch.flush();
    batch.note(FIRST, 2, 60, AT);
    await batch.flush();
    expect(report).toHaveBeenCalledTimes(1);
    void batch.flush(true);
    expect(report).toHaveBeenCalledTimes(2);
    expect(report.mock.calls[1]?.[1]).toBe(true);
    answer();
    await Promise.race([first, Promise.resolve()]);
  });

  it("are limited in number, and the oldest are dropped", async () => {
    const { report, batch } = batchWith();
    for (let number = 0; number <= MAX_ITEMS; number++) batch.note(`recording:7:${number}`, 1, 60, AT);
    batch.note("recording:7:9", Number.NaN, 60, AT);
    await batch.flush();
    const items = report.mock.calls[0]?.[0] ?? [];
    expect(items).toHaveLength(MAX_ITEMS);
    expect(items[0]?.subject).toBe("recording:7:1");
  });
});

describe("a recording", () => {
  it("continues where it was left, and begins again before and after that", () => {
    expect(continuesAt(null, 100)).toBeNull();
    expect(continuesAt(4.9, 100)).toBeNull();
    expect(continuesAt(5, 100)).toBe(5);
    expect(continuesAt(61.25, 100)).toBe(61.25);
    expect(continuesAt(95.5, 100)).toBeNull();
  });
});
