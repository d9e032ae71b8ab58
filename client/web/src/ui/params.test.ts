import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ChainParams, chain } from "../chain";
import { useParams } from "./params";
import { draw, fakeDocument } from "./tree.test-data";

vi.mock("../app/toasts", () => ({ tellError: vi.fn() }));
vi.mock("../chain", () => ({ chain: { status: signal({ kind: "connecting" }), params: vi.fn() } }));

const status = chain.status as unknown as { value: { kind: string } };
let told: ChainParams | null = null;

function Form() {
  told = useParams();
  return null;
}

describe("the chain's parameters", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("are asked for again once a node answers", async () => {
    const { body } = fakeDocument();
    vi.mocked(chain.params).mockRejectedValueOnce(new Error("no node"));
    draw(h(Form, {}), body);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toBeNull();
    vi.mocked(chain.params).mockResolvedValueOnce({ noticeBlocks: 600 } as ChainParams);
    status.value = { kind: "ready" };
    draw(h(Form, {}), body);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual({ noticeBlocks: 600 });
    expect(chain.params).toHaveBeenCalledTimes(2);
    draw(null, body);
  });
});
