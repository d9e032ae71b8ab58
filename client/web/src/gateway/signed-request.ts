// Requests that only a stream's creator may make. The wallet signs chain, method, path, time and body of each.

import { blake2b } from "@noble/hashes/blake2.js";
import { toHex } from "../common/bytes";
import { type QueryValues, type RequestOptions, request, withQuery } from "./http";
import type { CreatorSigner } from "./types";

const DOMAIN = "vilokanam/creator/v1";
const encoder = new TextEncoder();

/** What a signed request sends besides its path. */
export interface SignedContent {
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Media type of the body. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The query is not signed: it only says which part of the answer is wanted. */
  readonly query?: QueryValues;
  /** Maximum time until an answer, in milliseconds, if the usual one is too short. */
  readonly timeoutMs?: number;
}

/** The text that is signed, readable in the wallet's prompt. */
export function requestMessage(
  genesis: string,
  method: string,
  path: string,
  timeMs: number,
  body: string | Uint8Array,
): string {
  const hash = toHex(blake2b(typeof body === "string" ? encoder.encode(body) : body, { dkLen: 32 }));
  return `${DOMAIN}\n${method} ${path}\nchain ${genesis}\ntime ${timeMs}\nbody ${hash}`;
}

/** The headers that sign a request. */
export async function signingHeaders(
  signer: CreatorSigner,
  genesis: string,
  method: string,
  path: string,
  body: string | Uint8Array = "",
): Promise<Record<string, string>> {
  const timeMs = Date.now();
  const signature = await signer.signBytes(encoder.encode(requestMessage(genesis, method, path, timeMs, body)));
  return {
    "x-vilokanam-account": signer.address,
    "x-vilokanam-time": String(timeMs),
    "x-vilokanam-signature": signature,
  };
}

/** Signs a request, and sends it. */
export async function signedRequest(
  signer: CreatorSigner,
  genesis: string,
  method: NonNullable<RequestOptions["method"]>,
  path: string,
  { body, type, headers, query = {}, timeoutMs }: SignedContent = {},
): Promise<Response> {
  const signed = await signingHeaders(signer, genesis, method, path, body);
  return request(withQuery(path, query), {
    method,
    headers: { ...headers, ...(type && { "content-type": type }), ...signed },
    ...(body !== undefined && { body }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}
