// The protocol's golden vectors, the same files that the chain's tests read.

import { readFileSync } from "node:fs";
import { fromHex } from "../common/bytes";

const FOLDER = new URL("../../../../pallets/tick-stream/primitives/vectors/", import.meta.url);

/** Reads a file of vectors. The caller states its type, which is not checked. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"));
}

/** Decodes the bytes of a vector. */
export function bytes(hex: string): Uint8Array<ArrayBuffer> {
  const read = fromHex(hex);
  if (!read) throw new Error(`not hex: ${hex}`);
  return read;
}
