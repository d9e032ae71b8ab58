// Accounts as people write them (SS58), without the chain library: paying must not wait for it.

import { blake2b } from "@noble/hashes/blake2.js";
import { concat, fromHex } from "./bytes";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const CHECKSUM_DOMAIN = new TextEncoder().encode("SS58PRE");
const CHECKSUM_BYTES = 2;
const ACCOUNT_BYTES = 32;
/** Longer than any address of 32 bytes: what is longer is not looked at. */
const MAX_ADDRESS_CHARS = 60;

/** The chain's address prefix. */
export const SS58_PREFIX = 42;

function toBase58(bytes: Uint8Array): string {
  let value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = "";
  while (value > 0n) {
    text = ALPHABET.charAt(Number(value % 58n)) + text;
    value /= 58n;
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return ALPHABET.charAt(0).repeat(zeros < 0 ? bytes.length : zeros) + text;
}

function fromBase58(text: string): Uint8Array<ArrayBuffer> | null {
  let value = 0n;
  for (const char of text) {
    const digit = ALPHABET.indexOf(char);
    if (digit < 0) return null;
    value = value * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  while (value > 0n) {
    bytes.unshift(Number(value & 0xffn));
    value >>= 8n;
  }
  const zeros = text.length - text.replace(/^1+/, "").length;
  return Uint8Array.from([...new Array<number>(zeros).fill(0), ...bytes]);
}

function checksum(prefixed: Uint8Array): Uint8Array {
  return blake2b(concat(CHECKSUM_DOMAIN, prefixed), { dkLen: 64 }).slice(0, CHECKSUM_BYTES);
}

function prefixBytes(prefix: number): Uint8Array {
  if (prefix < 64) return Uint8Array.of(prefix);
  // Two bytes, the bits in the order that SS58 has them.
  return Uint8Array.of(((prefix & 0xfc) >> 2) | 0x40, (prefix >> 8) | ((prefix & 0x03) << 6));
}

/** The SS58 address of 32 bytes. */
export function encodeAddress(account: Uint8Array, prefix = SS58_PREFIX): string {
  const prefixed = concat(prefixBytes(prefix), account);
  return toBase58(concat(prefixed, checksum(prefixed)));
}

/** The 32 bytes of an SS58 address of any chain, or of hex; null when it is neither. */
export function decodeAddress(address: string): Uint8Array<ArrayBuffer> | null {
  if (address.startsWith("0x")) return fromHex(address, ACCOUNT_BYTES);
  if (address.length > MAX_ADDRESS_CHARS) return null;
  const bytes = fromBase58(address);
  const first = bytes?.[0];
  if (!bytes || first === undefined || first >= 128) return null;
  const prefixLength = first < 64 ? 1 : 2;
  if (bytes.length !== prefixLength + ACCOUNT_BYTES + CHECKSUM_BYTES) return null;
  const prefixed = bytes.slice(0, -CHECKSUM_BYTES);
  const sum = checksum(prefixed);
  const isRight = sum.every((byte, at) => byte === bytes[prefixed.length + at]);
  return isRight ? prefixed.slice(prefixLength) : null;
}
