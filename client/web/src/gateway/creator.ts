// Requests that only a stream's creator may make: signed with the wallet, for this chain, path, body and minute.

import { blake2b } from "@noble/hashes/blake2.js";
import { toHex } from "../common/bytes";
import { type RequestOptions, request } from "./http";

const DOMAIN = "vilokanam/creator/v1";
const encoder = new TextEncoder();

/** Who signs, and how. */
export interface CreatorSigner {
  readonly address: string;
  /** Answers a SCALE `MultiSignature` in hex. */
  signBytes(bytes: Uint8Array): Promise<string>;
}

/** The text that is signed, as a wallet can show it. */
export function requestMessage(genesis: string, method: string, path: string, timeMs: number, body: string): string {
  const hash = toHex(blake2b(encoder.encode(body), { dkLen: 32 }));
  return `${DOMAIN}\n${method} ${path}\nchain ${genesis}\ntime ${timeMs}\nbody ${hash}`;
}

/** Signs a request and makes it. */
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
