// The accounts that every development chain has, as a wallet. Their secrets are known to everyone: they are for trying things
// out. Loaded when one of them is used.

import { blake2b } from "@noble/hashes/blake2.js";
import { getPublicKey, HDKD, secretFromSeed, sign } from "@scure/sr25519";
import { concat, fromHex, littleEndian, toHex } from "../common/bytes";
import { UserError } from "../common/errors";
import { encodeAddress } from "../common/ss58";
import { SIGNATURE_KINDS } from "../ticks/ticket";
import { DEVELOPMENT_ACCOUNTS } from "./development-accounts";
import type { InjectedWallet } from "./injected-types";

/** Seed of the phrase "bottom drive obey lake curtain smoke basket hold race lonely fit walk". */
const SEED = "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";
const CHAIN_CODE_BYTES = 32;
/** Length above which payloads are hashed before they are signed. */
const MAX_PAYLOAD_BYTES = 256;

const encoder = new TextEncoder();

interface DevelopmentKey {
  readonly name: string;
  readonly address: string;
  readonly secret: Uint8Array;
}

/** The account of a hard derivation, such as `//Alice`. */
function derive(name: string): DevelopmentKey {
  const text = encoder.encode(name);
  const chainCode = new Uint8Array(CHAIN_CODE_BYTES);
  // A text in SCALE: its length, times four, and its bytes.
  chainCode.set(concat(Uint8Array.of(text.length << 2), text));
  const secret = HDKD.secretHard(secretFromSeed(fromHex(SEED) ?? new Uint8Array()), chainCode);
  return { name, address: encodeAddress(new Uint8Array(getPublicKey(secret))), secret };
}

/** A SCALE compact integer. */
function compact(value: bigint): Uint8Array {
  if (value < 1n << 6n) return littleEndian(value << 2n, 1);
  if (value < 1n << 14n) return littleEndian((value << 2n) | 1n, 2);
  if (value < 1n << 30n) return littleEndian((value << 2n) | 2n, 4);
  let width = 4;
  while (value >= 1n << BigInt(8 * width)) width++;
  return concat(Uint8Array.of(((width - 4) << 2) | 3), littleEndian(value, width));
}

type SignPayload = NonNullable<InjectedWallet["signer"]["signPayload"]>;
type Payload = Parameters<SignPayload>[0];

const bytes = (hex: string | undefined) => fromHex(hex ?? "0x") ?? new Uint8Array();
const u32 = (hex: string) => littleEndian(BigInt(hex), 4);

/** The bytes of a transaction that are signed: call, extensions, and what they add. */
export function payloadBytes(payload: Payload): Uint8Array<ArrayBuffer> {
  const parts = concat(
    bytes(payload.method),
    bytes(payload.era),
    compact(BigInt(payload.nonce)),
    compact(BigInt(payload.tip)),
    // No hash of the metadata.
    Uint8Array.of(0),
    u32(payload.specVersion),
    u32(payload.transactionVersion),
    bytes(payload.genesisHash),
    bytes(payload.blockHash),
    Uint8Array.of(0),
  );
  return parts.length > MAX_PAYLOAD_BYTES ? new Uint8Array(blake2b(parts, { dkLen: 32 })) : parts;
}

/** A message as wallets sign it. */
const wrapped = (message: Uint8Array) => concat(encoder.encode("<Bytes>"), message, encoder.encode("</Bytes>"));

export function developmentWallet(): InjectedWallet {
  const keys = DEVELOPMENT_ACCOUNTS.map(({ name }) => derive(name));
  const accounts = keys.map(({ name, address }) => ({ name, address, type: "sr25519" }));
  const signed = (address: string, message: Uint8Array) => {
    const key = keys.find((one) => one.address === address);
    if (!key) throw new UserError("not-signed", "This is not one of the development accounts.", "Choose another one.");
    return toHex(concat(Uint8Array.of(SIGNATURE_KINDS.sr25519), new Uint8Array(sign(key.secret, message))));
  };
  return {
    accounts: {
      get: async () => accounts,
      subscribe: () => () => undefined,
    },
    signer: {
      signPayload: async (payload) => ({ signature: signed(payload.address, payloadBytes(payload)) }),
      signRaw: async ({ address, data }) => ({ id: 1, signature: signed(address, wrapped(bytes(data))) }),
    },
  };
}
