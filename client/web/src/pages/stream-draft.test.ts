import { describe, expect, it } from "vitest";
import type { StreamView } from "../gateway";
import {
  changeOf,
  draftOf,
  EMPTY_DRAFT,
  errorsOf,
  errorsSoFar,
  type StreamDraft,
  splitSum,
  streamOf,
} from "./stream-draft";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
const draft = (change: Partial<StreamDraft>): StreamDraft => ({ ...EMPTY_DRAFT, title: "A title", ...change });
const split = (account: string, percent: string) => ({ id: 0, account, percent });

describe("a stream's draft", () => {
  it("has no errors if it is complete", () => {
    expect(errorsOf(draft({ splits: [split(ALICE, "12.5"), split(BOB, "87,5")] }), 1n)).toEqual({});
  });

  it("has an error if the shares add up to more than 100 %", () => {
    const errors = errorsOf(draft({ splits: [split(ALICE, "60"), split(BOB, "50")] }), 1n);
    expect(errors.splits).toContain("110 %");
  });

  it("has an error if an account is invalid or listed twice", () => {
    expect(errorsOf(draft({ splits: [split("Alice", "10")] }), 1n).splits).toContain("address");
    expect(errorsOf(draft({ splits: [split(ALICE, "10"), split(ALICE, "5")] }), 1n).splits).toContain("twice");
  });

  it("has errors for what the chain would refuse", () => {
    expect(errorsOf(draft({ description: "ö".repeat(1_100) }), 1n).size).toContain("too long");
    expect(errorsOf(draft({ price: "0.000000000001" }), 1_000_000n).price).toContain("minimum");
    expect(errorsOf(draft({ previewS: "601" }), 1n).previewS).toContain("600");
  });

  it("is converted to the chain layer's form", () => {
    const stream = streamOf(draft({ price: "0.002", tags: "Jazz, #live, jazz", splits: [split(ALICE, "12.5")] }));
    expect(stream.pricePerTick).toBe(2_000_000_000n);
    expect(stream.metadata.tags).toEqual(["jazz", "live"]);
    expect(stream.splits).toEqual([{ account: ALICE, sharePpm: 125_000 }]);
    expect(splitSum(draft({ splits: [split(ALICE, "1.5"), split(BOB, "x")] }))).toBeNull();
  });

  it("changes the title alone when only the title was typed", () => {
    const picture = "data:image/webp;base64,AAAA";
    const stream = {
      price_per_tick: "2000000000",
      preview_ticks: 30,
      gateway_share_ppm: 100_000,
      splits: [],
      metadata: { title: "Old", description: "", category: "Music", tags: ["jazz"], thumbnail: picture },
    } as unknown as StreamView;
    const before = draftOf(stream);
    expect(changeOf(before, { ...before, title: "New" })).toEqual({ metadata: { title: "New" } });
    expect(changeOf(before, { ...before, thumbnail: "" })).toEqual({ metadata: { thumbnail: "" } });
    expect(changeOf(before, { ...before, clearPreview: "muted" })).toEqual({ metadata: { clear_preview: "muted" } });
    expect(changeOf(before, { ...before, price: "0.003" })).toEqual({ pricePerTick: 3_000_000_000n });
    expect(changeOf(before, before)).toEqual({});
  });

  it("refuses a price with separators between thousands", () => {
    expect(errorsOf(draft({ price: "1,000" }), 1n).price).toContain("without separators");
  });

  it("has no errors for empty fields before an attempt to submit", () => {
    const started = draft({ title: "", splits: [split("", "10")] });
    expect(errorsSoFar(started, 1n)).toEqual({});
    expect(Object.keys(errorsOf(started, 1n)).sort()).toEqual(["splits", "title"]);
    expect(errorsSoFar(draft({ splits: [split("Alice", "10")] }), 1n).splits).toContain("address");
  });
});
