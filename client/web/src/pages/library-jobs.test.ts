import { describe, expect, it } from "vitest";
import type { Job } from "../gateway";
import { merged } from "./library-jobs";

const AT = "2030-01-01T12:00:00Z";
const job = (id: string, progress: number): Job => {
  return { id, kind: "upload", stream: "7", state: "processing", progress, created_at: AT, updated_at: AT };
};

describe("the list of work", () => {
  it("gets the newer state of its jobs, in their places, and new jobs first", () => {
    const list = [job("a", 0.1), job("b", 0.2)];
    expect(merged(list, [job("b", 0.9), job("c", 0)]).map(({ id, progress }) => [id, progress])).toEqual([
      ["c", 0],
      ["a", 0.1],
      ["b", 0.9],
    ]);
    expect(merged([], [])).toEqual([]);
  });
});
