// The session key: what the wallet lends to this browser, so that sessions open without a prompt. It is made here and
// never leaves: where the browser's own cryptography knows Ed25519 the secret cannot even be read by this page.

import { fromHex, toHex } from "../common/bytes";
import { WordedError } from "../common/errors";
import { encodeAddress } from "../common/ss58";
import { change, read, readAll } from "./database";

/** A key that signs tickets. */
export interface SessionKey {
  /** 32 bytes: the account that is named in the delegation. */
  readonly account: Uint8Array;
  /** The same as SS58. */
  readonly address: string;
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

/** As it is kept: by the browser's cryptography, or, in older browsers, as a secret. */
type KeptKey =
  | { readonly kind: "native"; readonly account: string; readonly secret: CryptoKey }
  | { readonly kind: "seed"; readonly account: string; readonly seed: Uint8Array };

const ALGORITHM = "Ed25519";

async function makeNative(): Promise<KeptKey | null> {
  try {
    const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
    if (!("privateKey" in pair)) return null;
    const account = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    return { kind: "native", account: toHex(account), secret: pair.privateKey };
  } catch {
    // Browsers of before 2025 do not know the curve.
    return null;
  }
}

async function makeSeed(): Promise<KeptKey> {
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  const seed = crypto.getRandomValues(new Uint8Array(32));
  return { kind: "seed", account: toHex(ed25519.getPublicKey(seed)), seed };
}

async function signWith(kept: KeptKey, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (kept.kind === "native") return new Uint8Array(await crypto.subtle.sign(ALGORITHM, kept.secret, message));
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  return ed25519.sign(message, kept.seed);
}

function usable(kept: KeptKey): SessionKey {
  const account = fromHex(kept.account, 32);
  if (!account) throw new WordedError("storage", "The session key kept in this browser is damaged.", "Lend a new one.");
  return { account, address: encodeAddress(account), sign: (message) => signWith(kept, message) };
}

function name(genesis: string, viewer: string): string {
  return `${genesis}/${viewer}`;
}

/** Asks the browser, once, to keep what is stored here when space is short: with the seeds of open sessions it would lose
 * what pays for them. Not every browser asks or knows; without its word all goes on. */
async function askToKeep(): Promise<void> {
  try {
    if ((await readAll<KeptKey>("keys")).length === 1) await navigator.storage.persist();
  } catch {
    // No such promise is made here.
  }
}

/** The key that this browser keeps for a viewer on a chain, if any. */
export async function sessionKey(genesis: string, viewer: string): Promise<SessionKey | null> {
  const kept = await read<KeptKey>("keys", name(genesis, viewer));
  return kept && usable(kept);
}

/** The key that this browser keeps for a viewer on a chain; made if there is none. */
export async function ensureSessionKey(genesis: string, viewer: string): Promise<SessionKey> {
  const kept = await read<KeptKey>("keys", name(genesis, viewer));
  if (kept) return usable(kept);
  const made = (await makeNative()) ?? (await makeSeed());
  // Another tab may have made one meanwhile: the first one stays.
  const stays = await change<KeptKey>("keys", name(genesis, viewer), (before) => before ?? made);
  void askToKeep();
  return usable(stays ?? made);
}
