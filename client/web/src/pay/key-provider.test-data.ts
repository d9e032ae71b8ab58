// What the tests of the key provider share.

import { expect, vi } from "vitest";
import { fromHex, toHex } from "../common/bytes";
import { decodeAddress } from "../common/ss58";
import { sessionId } from "../ticks/hashing";
import { ensureSessionKey } from "../ticks/session-key";
import { CREATOR, FakeBrowser, FakeGateway, GENESIS, PRICE, VIEWER } from "./test-environment.test-data";
import type { HoldReason, KeyProvider } from "./types";

const genesis = fromHex(GENESIS) ?? new Uint8Array();
const defaultViewer = decodeAddress(VIEWER) ?? new Uint8Array();
/** The session key of {@link VIEWER} in this browser. */
let defaultKey: Uint8Array = new Uint8Array(32);

/** Id of the session with a nonce. */
export const idOf = (nonce: bigint, viewer: Uint8Array = defaultViewer, sessionKey: Uint8Array = defaultKey): string =>
  toHex(sessionId(genesis, viewer, sessionKey, nonce));

/** Name of the lock for paying for a stream. */
export async function lockOf(account: string, stream = "7"): Promise<string> {
  const { address } = await ensureSessionKey(GENESIS, account);
  return `vilokanam/pay/${GENESIS}/${account}/${address}/${stream}`;
}

/** Whether a lock is free. Does not keep it. */
export async function isFree(browser: FakeBrowser, name: string | Promise<string>): Promise<boolean> {
  const lock = await browser.locks.take(await name);
  lock?.release();
  return lock !== null;
}

/** Waits until a lock is free. */
export async function untilFree(browser: FakeBrowser, name: string | Promise<string>): Promise<void> {
  await vi.waitFor(async () => expect(await isFree(browser, name)).toBe(true));
}

/** Simulates a reload: the page is gone without a word, and its locks are free. */
export async function reload(browser: FakeBrowser, account = VIEWER): Promise<void> {
  (await browser.locks.take(await lockOf(account), true))?.release();
}

let nonce = 1n;

/** The nonce that the chain expects at the beginning of a test. */
export const firstNonce = (): bigint => nonce;

/** Starts each test with nonces of its own, so that what earlier tests have stored does not matter. */
export async function takeFreshNonces(): Promise<void> {
  nonce += 1_000n;
  defaultKey = (await ensureSessionKey(GENESIS, VIEWER)).account;
}

/** A browser with a deposit, an authorised key and consent. */
export async function fundedBrowser(free?: bigint): Promise<FakeBrowser> {
  const browser = new FakeBrowser(new FakeGateway(idOf));
  await browser.authorise({}, free, nonce);
  browser.consent.agree(CREATOR, PRICE);
  return browser;
}

export async function untilHeld(keyProvider: KeyProvider, reason: HoldReason): Promise<void> {
  await vi.waitFor(() => expect(keyProvider.hold.value?.reason).toBe(reason), { timeout: 3_000 });
}

export const buy = (keyProvider: KeyProvider, index: number) => keyProvider.key({ index, costTicks: 2 });
