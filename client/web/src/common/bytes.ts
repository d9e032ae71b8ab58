// Bytes and their hexadecimal form, as the API and the chain write them.

/** Hex with `0x`. */
export type Hex = `0x${string}`;

const DIGITS = /^0x(?:[0-9a-f]{2})*$/i;

/** `0x…` of bytes. */
export function toHex(bytes: Uint8Array): Hex {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return `0x${text}`;
}

/** Bytes of `0x…`; null when the text is not that, or not of the length asked for. */
export function fromHex(text: string, length?: number): Uint8Array<ArrayBuffer> | null {
  if (!DIGITS.test(text)) return null;
  const bytes = new Uint8Array((text.length - 2) / 2);
  if (length !== undefined && bytes.length !== length) return null;
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 + 2 * at, 4 + 2 * at), 16);
  return bytes;
}

/** Several pieces as one. */
export function concat(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** An unsigned integer of `width` bytes, little-endian, as SCALE writes it. */
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

/** Whether two pieces are the same. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
