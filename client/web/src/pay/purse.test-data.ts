// What the tests of the purse share: a viewer with money, and the words for what she does.

import { expect, vi } from "vitest";
import { fromHex, toHex } from "../common/bytes";
import { decodeAddress } from "../common/ss58";
import { sessionId } from "../ticks/hashing";
import type { HoldReason, Purse } from "./types";
import { FakeBrowser, FakeGateway, GENESIS, VIEWER } from "./world.test-data";

const genesis = fromHex(GENESIS) ?? new Uint8Array();
const usual = decodeAddress(VIEWER) ?? new Uint8Array();

/** The session of a nonce. */
export const idOf = (nonce: bigint, viewer: Uint8Array = usual): string => toHex(sessionId(genesis, viewer, nonce));

/** The name of the lock of a stream's payer. */
export const lockOf = (account: string, stream = "7"): string => `vilokanam/pay/${GENESIS}/${account}/${stream}`;

/** Whether nobody holds a lock. Does not keep it. */
export async function isFree(browser: FakeBrowser, name: string): Promise<boolean> {
  const lock = await browser.locks.take(name);
  lock?.release();
  return lock !== null;
}

/** Waits for a lock to be free. */
export async function untilFree(browser: FakeBrowser, name: string): Promise<void> {
  await vi.waitFor(async () => expect(await isFree(browser, name)).toBe(true));
}

/** What a reload does: the page is gone, its locks are free, and nobody was told. */
export async function reload(browser: FakeBrowser, account = VIEWER): Promise<void> {
  (await browser.locks.take(lockOf(account), true))?.release();
}

let nonce = 1n;

/** The nonce that the chain would take next when a test begins. */
export const firstNonce = (): bigint => nonce;

/** A chain of one's own for each test, so that nothing is left of the one before: its nonces begin elsewhere. */
export function beginElsewhere(): void {
  nonce += 1_000n;
}

export async function browserWithMoney(free?: bigint): Promise<FakeBrowser> {
  const browser = new FakeBrowser(new FakeGateway(idOf));
  await browser.lend({}, free, nonce);
  browser.consent.value = true;
  return browser;
}

export async function untilHeld(purse: Purse, reason: HoldReason): Promise<void> {
  await vi.waitFor(() => expect(purse.hold.value?.reason).toBe(reason), { timeout: 3_000 });
}

export const buy = (purse: Purse, index: number) => purse.key({ index, costTicks: 2 });
