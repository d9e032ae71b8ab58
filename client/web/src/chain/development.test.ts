import { verify } from "@scure/sr25519";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../common/bytes";
import { decodeAddress } from "../common/ss58";
import { developmentWallet, payloadBytes } from "./development";
import { DEVELOPMENT_ACCOUNTS } from "./development-accounts";

const encoder = new TextEncoder();
const ALICE = DEVELOPMENT_ACCOUNTS[0]?.address ?? "";
const PAYLOAD = {
  address: ALICE,
  method: "0x00000401",
  era: "0x00",
  nonce: "0xffffffff",
  tip: "0x00",
  specVersion: "0x00000102",
  transactionVersion: "0x00000001",
  genesisHash: `0x${"aa".repeat(32)}`,
  blockHash: `0x${"bb".repeat(32)}`,
};

type Payload = Parameters<typeof payloadBytes>[0];
const payload = (change: Partial<typeof PAYLOAD> = {}) => ({ ...PAYLOAD, ...change }) as unknown as Payload;

function isSigned(address: string, message: Uint8Array, signature: string): boolean {
  const typed = fromHex(signature, 65);
  const account = decodeAddress(address);
  return typed?.[0] === 1 && account !== null && verify(message, typed.slice(1), account);
}

describe("the development accounts", () => {
  it("have the addresses that every development chain knows", async () => {
    expect(await developmentWallet().accounts.get()).toEqual(
      DEVELOPMENT_ACCOUNTS.map((account) => ({ ...account, type: "sr25519" })),
    );
  });

  it("sign messages as wallets do", async () => {
    const { signer } = developmentWallet();
    const message = encoder.encode("Hello");
    for (const { address } of DEVELOPMENT_ACCOUNTS.slice(0, 2)) {
      const signed = await signer.signRaw?.({ address, data: toHex(message), type: "bytes" });
      const wrapped = concat(encoder.encode("<Bytes>"), message, encoder.encode("</Bytes>"));
      expect(isSigned(address, wrapped, signed?.signature ?? "")).toBe(true);
    }
    const stranger = { address: "5Stranger", data: "0x00", type: "bytes" } as const;
    await expect(signer.signRaw?.(stranger)).rejects.toMatchObject({ code: "not-signed" });
  });

  it("sign the bytes of a transaction", async () => {
    const expected =
      "0x00000401" +
      "00" +
      "03ffffffff" +
      "00" +
      "00" +
      "02010000" +
      "01000000" +
      "aa".repeat(32) +
      "bb".repeat(32) +
      "00";
    expect(toHex(payloadBytes(payload()))).toBe(expected);
    const signed = await developmentWallet().signer.signPayload?.(payload());
    expect(isSigned(ALICE, fromHex(expected) ?? new Uint8Array(), signed?.signature ?? "")).toBe(true);
  });

  it("sign the hash of a long transaction", () => {
    const long = payload({ method: `0x${"01".repeat(300)}` });
    expect(payloadBytes(long)).toHaveLength(32);
  });

  it("encode numbers of every size", () => {
    const nonceOf = (nonce: string) => toHex(payloadBytes(payload({ nonce }))).slice(2 + 8 + 2, -(64 * 2 + 2 + 16 + 4));
    expect(["0x01", "0x40", "0x4000", "0x40000000"].map(nonceOf)).toEqual(["04", "0101", "02000100", "0300000040"]);
  });
});
