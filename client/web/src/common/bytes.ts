// Byte arrays and their hexadecimal form, as the gateway's API and the chain write them.

import { hex } from "@scure/base";

/** Hexadecimal text with the prefix `0x`. */
export type Hex = `0x${string}`;

/** Encodes bytes as `0x…` in lower case. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${hex.encode(bytes)}`;
}

/** Decodes `0x…` in either case. Null if the text is not hexadecimal, or not `length` bytes long. */
export function fromHex(text: string, length?: number): Uint8Array<ArrayBuffer> | null {
  if (!text.startsWith("0x")) return null;
  try {
    const bytes = new Uint8Array(hex.decode(text.slice(2)));
    return length === undefined || bytes.length === length ? bytes : null;
  } catch {
    return null;
  }
}

/** Concatenates byte arrays. */
export function concat(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/**
 * Encodes an unsigned integer in `width` bytes, little-endian, as SCALE does.
 *
 * @throws RangeError if the value does not fit.
 */
export function littleEndian(value: bigint, width: number): Uint8Array<ArrayBuffer> {
  if (value < 0n || value >= 1n << BigInt(8 * width)) throw new RangeError(`${value} does not fit into ${width} bytes`);
  const bytes = new Uint8Array(width);
  let rest = value;
  for (let at = 0; at < width; at++) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** Whether two byte arrays have the same content. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
