// Requests that only a stream's creator may make. The wallet signs chain, method, path, time and body of each.

import { blake2b } from "@noble/hashes/blake2.js";
import { toHex } from "../common/bytes";
import { type RequestOptions, request } from "./http";
import type { CreatorSigner } from "./types";

const DOMAIN = "vilokanam/creator/v1";
const encoder = new TextEncoder();

/** The text that is signed, readable in the wallet's prompt. */
export function requestMessage(genesis: string, method: string, path: string, timeMs: number, body: string): string {
  const hash = toHex(blake2b(encoder.encode(body), { dkLen: 32 }));
  return `${DOMAIN}\n${method} ${path}\nchain ${genesis}\ntime ${timeMs}\nbody ${hash}`;
}

/** Signs a request without a body, and sends it. */
export async function signedRequest(
  signer: CreatorSigner,
  genesis: string,
  method: NonNullable<RequestOptions["method"]>,
  path: string,
): Promise<Response> {
  const timeMs = Date.now();
  const signature = await signer.signBytes(encoder.encode(requestMessage(genesis, method, path, timeMs, "")));
  const headers = {
    "x-vilokanam-account": signer.address,
    "x-vilokanam-time": String(timeMs),
    "x-vilokanam-signature": signature,
  };
  return request(path, { method, headers });
}
