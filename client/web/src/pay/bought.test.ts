import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it, vi } from "vitest";
import { fromHex } from "../common/bytes";
import { decodeAddress, encodeAddress } from "../common/ss58";
import { GatewayError } from "../gateway/problem";
import type { KeyRange, ViewerProof } from "../gateway/video";
import { BoughtKeys, boughtShare, proofMessage, rangeOf, type Wanted } from "./bought";
import type { BoughtPort } from "./environment";

const GATEWAY = "5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL";
const VIEWER = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const NOW_MS = 1_900_000_000_000;
const SEED = new Uint8Array(32).fill(7);
const ADDRESS = encodeAddress(ed25519.getPublicKey(SEED));
const keyOf = (index: number) => new Uint8Array(16).fill(index);

/** A gateway that gives the keys of its ranges, and verifies the proofs. */
function fakePort(ranges: readonly KeyRange[], hasKey = true) {
  const verify = (proof: ViewerProof, stream: string, wanted: Wanted) => {
    const message = proofMessage(GATEWAY, stream, wanted, proof.time_ms);
    const signature = fromHex(proof.signature) ?? new Uint8Array();
    expect(signature[0]).toBe(0);
    const isValid = ed25519.verify(signature.slice(1), message, decodeAddress(proof.session_key) ?? new Uint8Array());
    if (!isValid) throw new GatewayError({ code: "bad-signature", status: 401, detail: "wrong signature" });
  };
  const port = {
    info: async () => ({ account: GATEWAY, genesis_hash: "0x00" }),
    sessionKey: async () =>
      hasKey
        ? {
            kind: "ed25519" as const,
            account: ed25519.getPublicKey(SEED),
            address: ADDRESS,
            sign: async (message: Uint8Array) => ed25519.sign(message, SEED),
          }
        : null,
    now: () => NOW_MS,
    bought: vi.fn(async (stream: string, proof: ViewerProof) => {
      verify(proof, stream, "all");
      return ranges;
    }),
    boughtKeys: vi.fn(async (stream: string, first: number, count: number, proof: ViewerProof) => {
      verify(proof, stream, { first, count });
      return Array.from({ length: count }, (_, at) => keyOf(first + at));
    }),
  };
  return port;
}

const keysOf = (port: ReturnType<typeof fakePort>) => new BoughtKeys(port as unknown as BoughtPort, "7", VIEWER);

describe("keys that were bought earlier", () => {
  it("are given again to a session key of the viewer, in batches within what was bought", async () => {
    const port = fakePort([{ first: 10, last: 20 }]);
    const bought = keysOf(port);
    expect(await bought.key(10)).toEqual(keyOf(10));
    expect(await bought.key(11)).toEqual(keyOf(11));
    expect(await bought.key(20)).toEqual(keyOf(20));
    expect(port.boughtKeys.mock.calls.map(([, first, count]) => [first, count])).toEqual([[10, 11]]);
    expect(port.bought).toHaveBeenCalledTimes(1);
  });

  it("do not include others, which have to be paid for", async () => {
    const port = fakePort([{ first: 10, last: 20 }]);
    expect(await keysOf(port).key(21)).toBeNull();
    expect(port.boughtKeys).not.toHaveBeenCalled();
  });

  it("are not asked for without a session key of the viewer", async () => {
    const port = fakePort([{ first: 10, last: 20 }], false);
    expect(await keysOf(port).key(10)).toBeNull();
    expect(port.bought).not.toHaveBeenCalled();
  });

  it("are paid for if the gateway refuses, and not before it answers", async () => {
    const port = fakePort([{ first: 10, last: 20 }]);
    const bought = keysOf(port);
    port.boughtKeys.mockRejectedValueOnce(new GatewayError({ code: "unreachable", status: 0, detail: "" }));
    await expect(bought.key(12)).rejects.toThrow(GatewayError);
    port.boughtKeys.mockRejectedValueOnce(new GatewayError({ code: "not-bought", status: 403, detail: "" }));
    expect(await bought.key(12)).toBeNull();
  });

  it("are asked for again if the gateway could not say which they are", async () => {
    const port = fakePort([{ first: 10, last: 20 }]);
    const bought = keysOf(port);
    port.bought.mockRejectedValueOnce(new TypeError("network"));
    expect(await bought.key(10)).toBeNull();
    expect(await bought.key(10)).toEqual(keyOf(10));
  });
});

describe("a proof", () => {
  it("signs a text that names gateway, stream, keys and time", () => {
    const text = (wanted: Wanted) => new TextDecoder().decode(proofMessage(GATEWAY, "7", wanted, 1_800_000_000_000));
    expect(text({ first: 10, count: 64 })).toBe(
      `vilokanam/bought/v1\ngateway ${GATEWAY}\nstream 7\nkeys 10+64\ntime 1800000000000`,
    );
    expect(text("all")).toContain("\nkeys all\n");
    expect(text({ recording: 3 })).toContain("\nkeys of recording 3, for a download\n");
    expect(text("clip")).toContain("\nkeys of a clip\n");
  });
});

describe("what was bought of a recording", () => {
  it("is the share of its keys", () => {
    const ranges: readonly KeyRange[] = [
      { first: 0, last: 4 },
      { first: 8, last: 20 },
    ];
    expect(boughtShare({ first: 0, last: 9 }, ranges)).toBe(0.7);
    expect(boughtShare({ first: 10, last: 19 }, ranges)).toBe(1);
    expect(boughtShare({ first: 30, last: 39 }, ranges)).toBe(0);
    expect(boughtShare({ first: 1, last: 0 }, ranges)).toBe(0);
    expect(rangeOf(5, ranges)).toBeNull();
    expect(rangeOf(20, ranges)).toEqual({ first: 8, last: 20 });
  });
});
