// SS58 addresses, without the chain library: paying does not have to wait until that is loaded.

import { blake2b } from "@noble/hashes/blake2.js";
import { base58 } from "@scure/base";
import { concat, equal, fromHex } from "./bytes";

const CHECKSUM_DOMAIN = new TextEncoder().encode("SS58PRE");
const CHECKSUM_BYTES = 2;
const ACCOUNT_BYTES = 32;
/** Longer than any address of 32 bytes. Longer text is not decoded. */
const MAX_ADDRESS_CHARS = 60;

/** The chain's address prefix. */
export const SS58_PREFIX = 42;

function decodeBase58(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(base58.decode(text));
  } catch {
    return null;
  }
}

function checksum(prefixed: Uint8Array): Uint8Array {
  return blake2b(concat(CHECKSUM_DOMAIN, prefixed), { dkLen: 64 }).slice(0, CHECKSUM_BYTES);
}

function prefixBytes(prefix: number): Uint8Array {
  if (prefix < 64) return Uint8Array.of(prefix);
  // Two bytes, with the bits in the order that SS58 prescribes.
  return Uint8Array.of(((prefix & 0xfc) >> 2) | 0x40, (prefix >> 8) | ((prefix & 0x03) << 6));
}

/** Encodes an account of 32 bytes as an SS58 address. */
export function encodeAddress(account: Uint8Array, prefix = SS58_PREFIX): string {
  const prefixed = concat(prefixBytes(prefix), account);
  return base58.encode(concat(prefixed, checksum(prefixed)));
}

/** Decodes an SS58 address of any chain, or 32 bytes in hexadecimal. Null if the text is neither. */
export function decodeAddress(address: string): Uint8Array<ArrayBuffer> | null {
  if (address.startsWith("0x")) return fromHex(address, ACCOUNT_BYTES);
  if (address.length > MAX_ADDRESS_CHARS) return null;
  const bytes = decodeBase58(address);
  const first = bytes?.[0];
  if (!bytes || first === undefined || first >= 128) return null;
  const prefixLength = first < 64 ? 1 : 2;
  if (bytes.length !== prefixLength + ACCOUNT_BYTES + CHECKSUM_BYTES) return null;
  const prefixed = bytes.slice(0, -CHECKSUM_BYTES);
  return equal(checksum(prefixed), bytes.slice(prefixed.length)) ? prefixed.slice(prefixLength) : null;
}
