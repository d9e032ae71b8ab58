import { readFileSync } from "node:fs";
import { vilokanam } from "@polkadot-api/descriptors";
import { verify } from "@scure/sr25519";
import { getOfflineApi } from "polkadot-api";
import { getPolkadotSignerFromPjs } from "polkadot-api/pjs-signer";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { concat, equal, fromHex, toHex } from "../common/bytes";
import { decodeAddress } from "../common/ss58";
import { developmentWallet } from "./development";
import { DEVELOPMENT_ACCOUNTS } from "./development-accounts";
import { NEVER_REACHED_NONCE, partsOf, signedPayload } from "./remark";

const ALICE = DEVELOPMENT_ACCOUNTS[0]?.address ?? "";
const GENESIS = "a7".repeat(32);
const MESSAGE = "Vilokanam sign-in\nnonce 0011";
const TOKEN = { decimals: 12, tokenSymbol: "VLK" };
const METADATA = new Uint8Array(readFileSync(new URL("../../.papi/metadata/vilokanam.scale", import.meta.url)));

type Signer = ReturnType<typeof getPolkadotSignerFromPjs>;
type SignPayload = Parameters<typeof getPolkadotSignerFromPjs>[1];

interface Signable {
  sign(from: Signer, options: unknown): Promise<Uint8Array>;
}

let sign: (from: Signer) => Promise<Uint8Array>;

beforeAll(async () => {
  const definition = { ...vilokanam, genesis: `0x${GENESIS}`, getMetadata: async () => METADATA };
  const api = await getOfflineApi(definition as unknown as Parameters<typeof getOfflineApi>[0]);
  const { System } = api.tx as unknown as { readonly System: { remark(arg: unknown): Signable } };
  const tx = System.remark({ remark: new TextEncoder().encode(MESSAGE) });
  sign = (from) => tx.sign(from, { nonce: NEVER_REACHED_NONCE, mortality: { mortal: false } });
});

const alice = (signPayload: SignPayload) => getPolkadotSignerFromPjs(ALICE, signPayload, vi.fn());
const signPayload = developmentWallet().signer.signPayload as SignPayload;

describe("a message as a transaction", () => {
  it("is what the wallet has signed: a remark that is valid for ever, with a nonce that is never reached", async () => {
    const { signature, transaction } = await signedPayload(alice(signPayload), sign, TOKEN);
    const bytes = fromHex(transaction) ?? new Uint8Array();
    const typed = fromHex(signature, 65) ?? new Uint8Array();
    expect([typed[0], verify(bytes, typed.slice(1), decodeAddress(ALICE) ?? new Uint8Array())]).toEqual([1, true]);
    const call = `0000${(MESSAGE.length << 2).toString(16)}${toHex(new TextEncoder().encode(MESSAGE)).slice(2)}`;
    // Era, nonce, tip and mode; then versions, genesis twice, and no hash of the metadata.
    expect(transaction.slice(0, 2 + call.length + 2 + 10 + 2 + 2)).toBe(`0x${call}0003ffffffff0000`);
    expect(transaction.endsWith(`${GENESIS}${GENESIS}00`)).toBe(true);
  });

  it("has the hash of the metadata if the wallet has signed it", async () => {
    // A hardware wallet's app shows what it signs, with the metadata whose hash is part of what it signs.
    const wallet: SignPayload = async (payload) => {
      const plain = await signPayload(payload);
      const extrinsic = await alice(async () => plain).signTx(...asked);
      const parts = partsOf(extrinsic);
      const extra = parts?.rest.slice(0, parts.rest.length - asked[0].length) ?? new Uint8Array();
      extra[extra.length - 1] = 1;
      const head = concat(Uint8Array.of(0x84, 0), decodeAddress(ALICE) ?? new Uint8Array());
      const body = concat(head, parts?.signature ?? new Uint8Array(), extra, asked[0]);
      return { ...plain, signedTransaction: concat(lengthOf(body.length), body) };
    };
    let asked!: Parameters<Signer["signTx"]>;
    const signer = alice(wallet);
    const noting: Signer = {
      ...signer,
      signTx: (...all) => {
        asked = all;
        return signer.signTx(...all);
      },
    };
    const { transaction } = await signedPayload(noting, sign, TOKEN);
    expect(transaction).toContain("03ffffffff0001");
    expect(transaction).toMatch(new RegExp(`${GENESIS}${GENESIS}01[0-9a-f]{64}$`));
  });

  it("is refused if the wallet has signed something else", async () => {
    const signer = alice(async (payload) => signPayload(payload));
    const other: Signer = {
      ...signer,
      signTx: async (...all) => {
        const extrinsic = await signer.signTx(...all);
        extrinsic[extrinsic.length - 1] = (extrinsic.at(-1) ?? 0) ^ 1;
        return extrinsic;
      },
    };
    await expect(signedPayload(other, sign, TOKEN)).rejects.toMatchObject({ code: "wallet-changed" });
  });
});

const lengthOf = (length: number) => Uint8Array.of(((length << 2) | 1) & 0xff, length >> 6);

describe("an extrinsic", () => {
  it("is taken apart, with signatures of every kind", () => {
    for (const [kind, bytes] of [
      [0, 64],
      [1, 64],
      [2, 65],
    ] as const) {
      const signature = Uint8Array.of(kind, ...new Uint8Array(bytes).fill(7));
      const body = concat(Uint8Array.of(0x84, 0), new Uint8Array(32), signature, Uint8Array.of(1, 2, 3));
      const parts = partsOf(concat(lengthOf(body.length), body));
      expect(parts && equal(parts.signature, signature)).toBe(true);
      expect(parts?.rest).toEqual(Uint8Array.of(1, 2, 3));
    }
  });

  it("of another kind is not", () => {
    for (const wrong of [[], [0x03, 1, 1, 1, 1], [0x08, 4, 0], [0x08, 0x84, 1], [0x08, 0x84, 0]]) {
      expect(partsOf(Uint8Array.from(wrong))).toBeNull();
    }
  });
});
