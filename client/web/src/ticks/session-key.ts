// The session key of this browser. The wallet adds it to its keys, so that this browser can open sessions without a
// prompt. It is made here and never leaves the browser. Where the browser's own cryptography knows Ed25519, not even this page can read
// the secret.

import { fromHex, toHex } from "../common/bytes";
import { UserError } from "../common/errors";
import { encodeAddress } from "../common/ss58";
import { change, read, readAll } from "./database";
import type { SessionKeyKind } from "./ticket";

/** A key that signs tickets. */
export interface SessionKey {
  readonly kind: SessionKeyKind;
  /** The account under which the wallet has added the key: 32 bytes. */
  readonly account: Uint8Array;
  /** The same account as an SS58 address. */
  readonly address: string;
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

/** Stored form: a key of the browser's cryptography or, in older browsers, a seed. */
type StoredKey =
  | { readonly kind: "native"; readonly account: string; readonly secret: CryptoKey }
  | { readonly kind: "seed"; readonly account: string; readonly seed: Uint8Array };

const ALGORITHM = "Ed25519";

async function makeNative(): Promise<StoredKey | null> {
  try {
    const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
    if (!("privateKey" in pair)) return null;
    const account = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    return { kind: "native", account: toHex(account), secret: pair.privateKey };
  } catch {
    // Browsers from before 2025 do not know the curve.
    return null;
  }
}

async function makeSeed(): Promise<StoredKey> {
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  const seed = crypto.getRandomValues(new Uint8Array(32));
  return { kind: "seed", account: toHex(ed25519.getPublicKey(seed)), seed };
}

async function signWith(stored: StoredKey, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (stored.kind === "native") return new Uint8Array(await crypto.subtle.sign(ALGORITHM, stored.secret, message));
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  return ed25519.sign(message, stored.seed);
}

function toSessionKey(stored: StoredKey): SessionKey {
  const account = fromHex(stored.account, 32);
  if (!account) {
    const hint = "Clear this site's data in the browser, then add this browser again on the wallet page.";
    throw new UserError("storage", "The session key stored in this browser is damaged.", hint);
  }
  return { kind: "ed25519", account, address: encodeAddress(account), sign: (message) => signWith(stored, message) };
}

function entryName(genesis: string, viewer: string): string {
  return `${genesis}/${viewer}`;
}

/**
 * Asks the browser, when the first key is made, to keep this site's data when disk space is short: the seeds of open
 * sessions would go with it. Not every browser asks the user or knows the request; everything works without it.
 */
async function requestPersistentStorage(): Promise<void> {
  try {
    if ((await readAll<StoredKey>("keys")).length === 1) await navigator.storage.persist();
  } catch {
    // This browser makes no such promise.
  }
}

/** The session key of a viewer on a chain; null if this browser has none. */
export async function sessionKey(genesis: string, viewer: string): Promise<SessionKey | null> {
  const stored = await read<StoredKey>("keys", entryName(genesis, viewer));
  return stored && toSessionKey(stored);
}

/** The session key of a viewer on a chain. Makes one if this browser has none. */
export async function ensureSessionKey(genesis: string, viewer: string): Promise<SessionKey> {
  const stored = await read<StoredKey>("keys", entryName(genesis, viewer));
  if (stored) return toSessionKey(stored);
  const made = (await makeNative()) ?? (await makeSeed());
  // Another tab may have made one in the meantime: the first one wins.
  const kept = await change<StoredKey>("keys", entryName(genesis, viewer), (before) => before ?? made);
  void requestPersistentStorage();
  return toSessionKey(kept ?? made);
}
