// Positions in recordings that are still to be reported: the last one of each.

import type { ProgressItem, Subject } from "../gateway";

/** Maximum number of positions in a report, as the gateway limits it. */
export const MAX_ITEMS = 50;

export type Report = (items: readonly ProgressItem[], isLast: boolean) => Promise<void>;

export class ProgressBatch {
  readonly #report: Report;
  readonly #pending = new Map<Subject, ProgressItem>();
  #isReporting = false;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Notes a position, in place of an earlier one of the same subject. */
  note(subject: Subject, positionS: number, durationS: number, at: Date): void {
    if (!Number.isFinite(positionS)) return;
    const item: ProgressItem = {
      subject,
      position_ms: Math.max(0, Math.round(positionS * 1_000)),
      ...(Number.isFinite(durationS) && durationS > 0 && { duration_ms: Math.round(durationS * 1_000) }),
      at: at.toISOString(),
    };
    this.#pending.delete(subject);
    this.#pending.set(subject, item);
    // The oldest positions are dropped first.
    for (const oldest of this.#pending.keys()) {
      if (this.#pending.size <= MAX_ITEMS) break;
      this.#pending.delete(oldest);
    }
  }

  /**
   * Reports what is noted, one report at a time; the last one, which outlives the page, does not wait for another.
   * Positions that could not be reported stay for the next report. Never fails.
   */
  async flush(isLast = false): Promise<void> {
    if (this.#pending.size === 0 || (this.#isReporting && !isLast)) return;
    const items = [...this.#pending.values()];
    this.#pending.clear();
    this.#isReporting = true;
    try {
      await this.#report(items, isLast);
    } catch {
      for (const item of items) if (!this.#pending.has(item.subject)) this.#pending.set(item.subject, item);
    } finally {
      this.#isReporting = false;
    }
  }
}
