// The golden vectors, as the chain's own tests read them. Only tests import this.

import { readFileSync } from "node:fs";
import { fromHex } from "../common/bytes";

const FOLDER = new URL("../../../../pallets/tick-stream/primitives/vectors/", import.meta.url);

/** A file of vectors. The caller states its shape; the tests fail if it has another one. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"));
}

/** Bytes of a vector. */
export function bytes(hex: string): Uint8Array<ArrayBuffer> {
  const read = fromHex(hex);
  if (!read) throw new Error(`not hex: ${hex}`);
  return read;
}
