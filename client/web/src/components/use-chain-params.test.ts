import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ChainParams, chain } from "../chain";
import { draw, fakeDocument } from "../ui/fake-dom.test-data";
import { useChainParams } from "./use-chain-params";

vi.mock("./toasts", () => ({ showError: vi.fn() }));
vi.mock("../chain", () => ({ chain: { status: signal({ kind: "connecting" }), params: vi.fn() } }));

const status = chain.status as unknown as { value: { kind: string } };
let params: ChainParams | null = null;

function Form() {
  params = useChainParams();
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

  it("are requested again when a node answers after a failure", async () => {
    const { body } = fakeDocument();
    vi.mocked(chain.params).mockRejectedValueOnce(new Error("no node"));
    draw(h(Form, {}), body);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(params).toBeNull();
    vi.mocked(chain.params).mockResolvedValueOnce({ noticeBlocks: 600 } as ChainParams);
    status.value = { kind: "ready" };
    draw(h(Form, {}), body);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(params).toEqual({ noticeBlocks: 600 });
    expect(chain.params).toHaveBeenCalledTimes(2);
    draw(null, body);
  });
});
