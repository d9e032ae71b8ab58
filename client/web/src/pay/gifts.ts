// Gifts. Those received through a link are kept in this browser until they are used up, so that a reload goes on. The
// links of those given are kept only if the giver wishes.

import { change, read, readAll } from "../ticks/database";
import { giftKey, makeGiftSecret } from "../ticks/gift-key";
import type { GiftLink } from "./gift-link";
import type { GiftScope, ReceivedGift } from "./types";

/** Maximum number of received gifts that are kept. The oldest is removed first. */
const MAX_RECEIVED = 32;

/** A new gift: its session key's address, which the wallet adds, and its link. */
export interface NewGift {
  readonly address: string;
  readonly link: GiftLink;
}

/** Makes the key and the link of a new gift. It is worth something once the giver's wallet has added its key. */
export async function makeGift(from: string, scope: GiftScope): Promise<NewGift> {
  const secret = makeGiftSecret();
  const { address } = await giftKey(secret);
  return { address, link: { from, secret, scope } };
}

/** Keeps a gift that was received on a chain. */
export async function receiveGift(genesis: string, { from, secret, scope }: GiftLink): Promise<ReceivedGift> {
  const { address } = await giftKey(secret);
  const gift: ReceivedGift = { address, genesis, from, secret, scope, receivedAtMs: Date.now() };
  await change<ReceivedGift>("gifts", address, () => gift);
  for (const old of (await received()).slice(MAX_RECEIVED)) await forgetGift(old.address);
  return gift;
}

/** All received gifts, the newest first. */
async function received(): Promise<ReceivedGift[]> {
  return (await readAll<ReceivedGift>("gifts")).sort((a, b) => b.receivedAtMs - a.receivedAtMs);
}

/** The newest gift that was received for a stream or its creator; null if there is none. */
export async function giftFor(genesis: string, stream: string, creator: string): Promise<ReceivedGift | null> {
  const isFor = ({ scope }: ReceivedGift) =>
    scope.kind === "stream" ? scope.stream === stream : scope.account === creator;
  return (await received()).find((gift) => gift.genesis === genesis && isFor(gift)) ?? null;
}

/** Forgets a gift that was received. */
export async function forgetGift(address: string): Promise<void> {
  await change<ReceivedGift>("gifts", address, () => null);
}

/** Keeps the link of a gift that was given, to show it again. */
export async function keepGiftLink(address: string, link: string): Promise<void> {
  await change<string>("links", address, () => link);
}

/** The link of a gift that was given; null if it was not kept in this browser. */
export function keptGiftLink(address: string): Promise<string | null> {
  return read<string>("links", address);
}

export async function forgetGiftLink(address: string): Promise<void> {
  await change<string>("links", address, () => null);
}
