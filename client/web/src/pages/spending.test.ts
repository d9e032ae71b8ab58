import { describe, expect, it, vi } from "vitest";
import type { SpendingBucket } from "../gateway";
import { barPercent, largestOf } from "./spending";

vi.mock("../gateway", () => ({ gateway: {}, people: {}, spending: {}, signedIn: { value: null }, auth: {} }));
vi.mock("../account", () => ({ me: { value: null }, ensureSignedIn: vi.fn(), signInQuestion: { value: null } }));
vi.mock("../chain", () => ({ chain: {}, wallet: { account: { value: null } } }));

const bucket = (paid: string, tips: string) => ({ paid, tips }) as unknown as SpendingBucket;

describe("the bars of the spending", () => {
  it("are as long as seconds and tips together, compared with the largest", () => {
    const buckets = [bucket("300", "0"), bucket("100", "500"), bucket("0", "0")];
    expect(largestOf(buckets)).toBe(600n);
    expect(buckets.map(({ paid, tips }) => barPercent(BigInt(paid) + BigInt(tips), 600n))).toEqual([50, 100, 0]);
  });

  it("have no length if nothing was spent, and keep their precision for large amounts", () => {
    expect([largestOf([]), barPercent(0n, 0n)]).toEqual([0n, 0]);
    expect(barPercent(10n ** 30n / 3n, 10n ** 30n)).toBe(33.3);
  });
});
