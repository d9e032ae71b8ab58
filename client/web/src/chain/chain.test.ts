import { describe, expect, it } from "vitest";
import { isSameAccount, shortAddress } from "./address";
import { encodeMetadata, requestOf, updateOf } from "./transactions";
import { typedSignature } from "./wallet";
import { dispatchRefused, innermostName, transactionRefused } from "./words";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const ALICE_HEX = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

describe("addresses", () => {
  it("are the same account in every form", () => {
    expect(isSameAccount(ALICE, ALICE_HEX)).toBe(true);
    expect(isSameAccount(ALICE, `${ALICE_HEX.slice(0, -1)}e`)).toBe(false);
    expect(isSameAccount("x", "x")).toBe(false);
    expect(shortAddress(ALICE)).toBe("5Grwva…HGKutQ".slice(0, 7) + ALICE.slice(-6));
  });
});

describe("signatures of wallets", () => {
  it("get their kind in front, once", () => {
    const bare = new Uint8Array(64).fill(7);
    const hex = "07".repeat(64);
    expect(typedSignature(bare, "sr25519")).toBe(`0x01${hex}`);
    expect(typedSignature(bare, "ed25519")).toBe(`0x00${hex}`);
    expect(typedSignature(Uint8Array.of(1, ...bare), "sr25519")).toBe(`0x01${hex}`);
    expect(typedSignature(new Uint8Array(65).fill(7), "ecdsa")).toBe(`0x02${"07".repeat(65)}`);
    expect(() => typedSignature(new Uint8Array(), "sr25519")).toThrow("no known kind");
  });
});

describe("refusals", () => {
  const error = { type: "Module", value: { type: "TickStream", value: { type: "FundsTooLow", value: undefined } } };

  it("are in words, also those that nobody foresaw", () => {
    expect(innermostName(error)).toBe("FundsTooLow");
    expect(dispatchRefused(error).message).toBe("There is not enough that is free.");
    expect(dispatchRefused({ type: "BadOrigin", value: undefined }).message).toBe("The chain refused: bad origin.");
    expect(dispatchRefused(null).message).toContain("no reason is known");
    const unpaid = { error: { type: "Invalid", value: { type: "Payment", value: undefined } } };
    expect(transactionRefused(unpaid).code).toBe("fee");
  });
});

describe("streams", () => {
  const metadata = { title: "A", description: "", category: "c", tags: ["t"], thumbnail: "" };

  it("go to the chain with what is filled in", () => {
    const told = JSON.parse(new TextDecoder().decode(encodeMetadata(metadata)));
    expect(told).toEqual({ title: "A", category: "c", tags: ["t"] });
    expect(() => encodeMetadata({ ...metadata, description: "x".repeat(2_100) })).toThrow("bytes too long");
  });

  it("are requested and changed as the chain names things", () => {
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
