// What the tests of the key provider share.

import { expect, vi } from "vitest";
import { fromHex, toHex } from "../common/bytes";
import { decodeAddress } from "../common/ss58";
import { sessionId } from "../ticks/hashing";
import { FakeBrowser, FakeGateway, GENESIS, VIEWER } from "./test-environment.test-data";
import type { HoldReason, KeyProvider } from "./types";

const genesis = fromHex(GENESIS) ?? new Uint8Array();
const defaultViewer = decodeAddress(VIEWER) ?? new Uint8Array();

/** Id of the session with a nonce. */
export const idOf = (nonce: bigint, viewer: Uint8Array = defaultViewer): string =>
  toHex(sessionId(genesis, viewer, nonce));

/** Name of the lock for paying for a stream. */
export const lockOf = (account: string, stream = "7"): string => `vilokanam/pay/${GENESIS}/${account}/${stream}`;

/** Whether a lock is free. Does not keep it. */
export async function isFree(browser: FakeBrowser, name: string): Promise<boolean> {
  const lock = await browser.locks.take(name);
  lock?.release();
  return lock !== null;
}

/** Waits until a lock is free. */
export async function untilFree(browser: FakeBrowser, name: string): Promise<void> {
  await vi.waitFor(async () => expect(await isFree(browser, name)).toBe(true));
}

/** Simulates a reload: the page is gone without a word, and its locks are free. */
export async function reload(browser: FakeBrowser, account = VIEWER): Promise<void> {
  (await browser.locks.take(lockOf(account), true))?.release();
}

let nonce = 1n;

/** The nonce that the chain expects at the beginning of a test. */
export const firstNonce = (): bigint => nonce;

/** Starts each test with nonces of its own, so that what earlier tests have stored does not matter. */
export function takeFreshNonces(): void {
  nonce += 1_000n;
}

/** A browser with a deposit, a delegation and consent. */
export async function fundedBrowser(free?: bigint): Promise<FakeBrowser> {
  const browser = new FakeBrowser(new FakeGateway(idOf));
  await browser.delegate({}, free, nonce);
  browser.consent.value = true;
  return browser;
}

export async function untilHeld(keyProvider: KeyProvider, reason: HoldReason): Promise<void> {
  await vi.waitFor(() => expect(keyProvider.hold.value?.reason).toBe(reason), { timeout: 3_000 });
}

export const buy = (keyProvider: KeyProvider, index: number) => keyProvider.key({ index, costTicks: 2 });
