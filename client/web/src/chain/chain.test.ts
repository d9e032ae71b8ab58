import { describe, expect, it } from "vitest";
import { isSameAccount, shortAddress } from "./address";
import { dispatchError, innermostName, transactionError } from "./transaction-errors";
import { chainLimits, encodeMetadata, requestOf, updateOf } from "./transactions";
import type { KeyLimits } from "./types";
import { typedSignature } from "./wallet";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const ALICE_HEX = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

describe("addresses", () => {
  it("in every form are recognised as the same account", () => {
    expect(isSameAccount(ALICE, ALICE_HEX)).toBe(true);
    expect(isSameAccount(ALICE, `${ALICE_HEX.slice(0, -1)}e`)).toBe(false);
    expect(isSameAccount("x", "x")).toBe(false);
    expect(shortAddress(ALICE)).toBe("5Grwva…HGKutQ".slice(0, 7) + ALICE.slice(-6));
  });
});

describe("signatures of wallets", () => {
  it("start with their kind, whether the wallet put it there or not", () => {
    const bare = new Uint8Array(64).fill(7);
    const hex = "07".repeat(64);
    expect(typedSignature(bare, "sr25519")).toBe(`0x01${hex}`);
    expect(typedSignature(bare, "ed25519")).toBe(`0x00${hex}`);
    expect(typedSignature(Uint8Array.of(1, ...bare), "sr25519")).toBe(`0x01${hex}`);
    expect(typedSignature(new Uint8Array(65).fill(7), "ecdsa")).toBe(`0x02${"07".repeat(65)}`);
    expect(() => typedSignature(new Uint8Array(), "sr25519")).toThrow("unknown kind");
  });
});

describe("failed transactions", () => {
  const error = { type: "Module", value: { type: "TickStream", value: { type: "FundsTooLow", value: undefined } } };

  it("have a message, known or not", () => {
    expect(innermostName(error)).toBe("FundsTooLow");
    expect(dispatchError(error).message).toBe("The deposit has too little free money for this.");
    expect(dispatchError({ type: "BadOrigin" }).message).toBe("The chain refused the transaction: bad origin.");
    expect(dispatchError(null).message).toContain("it gave no reason");
    const unpaid = { error: { type: "Invalid", value: { type: "Payment", value: undefined } } };
    expect(transactionError(unpaid).code).toBe("fee");
  });
});

describe("streams", () => {
  const metadata = {
    title: "A",
    description: "",
    category: "c",
    tags: ["t"],
    thumbnail: "",
    clear_preview: "off" as const,
  };

  it("are encoded without empty fields", () => {
    const decoded = JSON.parse(new TextDecoder().decode(encodeMetadata(metadata)));
    expect(decoded).toEqual({ title: "A", category: "c", tags: ["t"] });
    expect(() => encodeMetadata({ ...metadata, description: "x".repeat(2_100) })).toThrow("bytes too long");
  });

  it("keep the stored metadata that a change does not name", () => {
    const picture = `data:image/webp;base64,${"A".repeat(900)}`;
    const stored = { title: "Old", thumbnail: picture, clear_preview: "muted", language: "de", rating: 3 };
    const bytes = new TextEncoder().encode(JSON.stringify(stored));
    const encoded = (change: Parameters<typeof encodeMetadata>[0], before = bytes) =>
      JSON.parse(new TextDecoder().decode(encodeMetadata(change, before)));
    expect(encoded({ title: "New" })).toEqual({ ...stored, title: "New" });
    expect(encoded({ thumbnail: "", clear_preview: "off" })).toEqual({ title: "Old", language: "de", rating: 3 });
    for (const unreadable of ["", "[1]", "null", "{"])
      expect(encoded({ title: "New" }, new TextEncoder().encode(unreadable))).toEqual({ title: "New" });
  });

  it("are created and changed with the chain's field names", () => {
    const stream = {
      pricePerTick: 5n,
      previewTicks: 30,
      gatewaySharePpm: 1,
      splits: [{ account: ALICE, sharePpm: 2 }],
      metadata,
    };
    expect(requestOf(stream)).toMatchObject({ price_per_tick: 5n, gateway_share: 1, splits: [[ALICE, 2]] });
    expect(updateOf({ pricePerTick: 6n })).toEqual({ price_per_tick: 6n });
  });
});

describe("limits of a key", () => {
  const connection = {
    blockTimeMs: 2_000,
    client: { getBestBlocks: async () => [{ number: 100 }] },
  } as unknown as Parameters<typeof chainLimits>[0];
  const limits: KeyLimits = {
    label: "Küche",
    maxPricePerTick: 5n,
    allowance: 70n,
    renewal: null,
    maxSessions: 2,
    scope: { kind: "any" },
    untilMs: 0,
  };
  const within = (change: Partial<KeyLimits>) =>
    chainLimits(connection, { ...limits, untilMs: Date.now() + 20_500, ...change });

  it("are given to the chain in blocks and bytes", async () => {
    expect(await within({})).toEqual({
      label: new TextEncoder().encode("Küche"),
      max_price_per_tick: 5n,
      allowance: 70n,
      renewal: undefined,
      max_sessions: 2,
      scope: { type: "Any", value: undefined },
      expires_at: 110,
    });
    expect((await within({ renewal: { everyMs: 60_000, amount: 7n } })).renewal).toEqual({
      every_blocks: 30,
      amount: 7n,
    });
    expect((await within({ scope: { kind: "stream", stream: "7" } })).scope).toEqual({ type: "Stream", value: 7n });
    const creator = await within({ scope: { kind: "creator", account: ALICE } });
    expect(creator.scope).toEqual({ type: "Creator", value: ALICE });
  });

  it("that end at once, or have too long a name, are refused", async () => {
    await expect(within({ untilMs: Date.now() - 1 })).rejects.toThrow("end at once");
    await expect(within({ label: "ü".repeat(17) })).rejects.toThrow("too long");
  });
});
