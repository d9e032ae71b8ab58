// From the deposit to a session in hand: goes on with one that a reload has left, or signs a ticket and offers it. Nobody
// is asked: the limits were agreed to when the wallet lent the session key.

import { fromHex, toHex } from "../common/bytes";
import { WordedError } from "../common/errors";
import { decodeAddress } from "../common/ss58";
import { badAnswer, GatewayError } from "../gateway/problem";
import type { GatewayInfo, SessionView, StreamView } from "../gateway/types";
import { sessionId } from "../ticks/hashing";
import type { SessionKey } from "../ticks/sessionKey";
import { encodeSignedTicket, type Ticket, ticketMessage } from "../ticks/ticket";
import { type Obstacle, obstacle, type Terms, ticksToOrder } from "./order";
import {
  addRecord,
  hasRecord,
  noteSold,
  type Place,
  recordsAt,
  removeRecord,
  type SessionRecord,
  usedNonce,
} from "./records";
import { NONCE_TAKEN } from "./unsold";
import type { World } from "./world";

/** Nonces tried in one go. Another browser of the same viewer has used the ones before. */
const MAX_NONCES = 8;
/** The chain takes nonces so far ahead of the last that it has seen. */
const NONCE_WINDOW = 64n;

/** A session that was found or sold. */
export interface Opened {
  readonly record: SessionRecord;
  readonly view: SessionView;
  /** Whether a fee was paid for it just now. */
  readonly isNew: boolean;
}

/** What a stream costs a new session: an announced price may hold by the time its ticket is in a block. */
export function priceOf(view: StreamView): bigint {
  const [now, next] = [BigInt(view.price_per_tick), BigInt(view.next_price?.price_per_tick ?? 0)];
  return now > next ? now : next;
}

function bytesOf(what: string, bytes: Uint8Array<ArrayBuffer> | null): Uint8Array<ArrayBuffer> {
  if (!bytes) throw badAnswer(`${what} makes no sense`);
  return bytes;
}

const SELLING: readonly SessionView["phase"][] = ["offered", "included", "open"];

/** What a session is wanted for. */
export interface Wish {
  readonly place: Place;
  /** What it must be at least to be of any use. */
  readonly leastTicks: number;
  /** Whether it is still wanted. Asked right before a ticket is let go of: the page may be gone, or the viewer stopped. */
  readonly isWanted: () => boolean;
}

/** Goes on with a session that a reload has left, if it still sells; or with a ticket that was never answered. */
export async function resume(world: World, wish: Wish): Promise<Opened | null> {
  for (const record of await recordsAt(wish.place)) {
    const { ticket } = record;
    let view = await ifKnown(world.counter.session(record.session));
    if (!view && ticket !== undefined) {
      if (!wish.isWanted()) return null;
      // The same bytes: a gateway that has taken them answers the same, and no other seed or nonce is used up.
      view = await world.counter.offerTicket(ticket).catch(nullIfRefused);
    }
    if (view && SELLING.includes(view.phase) && record.maxTicks - view.used_ticks >= wish.leastTicks) {
      return ticket === undefined ? { record, view, isNew: false } : await sold(world, record, view);
    }
    await forget(world, record.session);
  }
  return null;
}

/** Whether the gateway has refused for good: then nothing was taken. No answer, or one of a gateway in trouble or with too
 * much to do, is no refusal: it may have taken what it was offered. */
function isRefusal(error: unknown): error is GatewayError {
  return error instanceof GatewayError && !error.isPassing;
}

function nullIfRefused(error: unknown): null {
  if (!isRefusal(error)) throw error;
  return null;
}

/** A session that was asked for; null when the gateway does not know it. */
async function ifKnown(asked: Promise<SessionView>): Promise<SessionView | null> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof GatewayError) || error.status !== 404) throw error;
    return null;
  }
}

/** Forgets a session that sells no more. */
export async function forget(world: World, session: string): Promise<void> {
  await removeRecord(session);
  await world.ticks.forget(session);
}

/** What a new session is made from. */
export interface NewWish extends Wish {
  readonly info: GatewayInfo;
  readonly terms: Terms;
  /** Hears of each ticket that the gateway may have taken. */
  readonly onOffered: () => void;
}

/** A new session; or what stands in the way; null when it is not wanted any more. */
export async function openNew(world: World, wish: NewWish): Promise<Opened | Obstacle | null> {
  const { genesis, viewer } = wish.place;
  const key = await world.sessionKey(genesis, viewer);
  const money = world.ledger.money.peek();
  const best = world.ledger.heights.peek()?.best;
  if (!money || best === undefined)
    return { reason: "chain", what: "Reading your deposit from the chain.", mend: null };
  const { deposit } = money;
  const inTheWay = obstacle(deposit, key?.address ?? null, wish.terms, best);
  if (inTheWay || !deposit || !key) return inTheWay ?? noKey();
  const ordered = ticksToOrder(deposit, wish.terms, wish.leastTicks);
  if (typeof ordered !== "number") return ordered;
  // Two tabs must not sign for the same nonce.
  return world.alone(`vilokanam/nonce/${genesis}/${viewer}`, async () => {
    const nonce = freeNonce(deposit.nextNonce, (await usedNonce(genesis, viewer)) + 1n);
    return offerFrom(world, wish, key, { ticks: ordered, nonce, best });
  });
}

/** The first nonce that neither the chain nor this browser has used. What was used and never opened is over when the
 * chain would not take it any more. */
function freeNonce(next: bigint, afterUsed: bigint): bigint {
  return afterUsed > next && afterUsed < next + NONCE_WINDOW ? afterUsed : next;
}

/** Offers a ticket; with the next nonce, when another browser of this viewer has used the one before. */
async function offerFrom(world: World, wish: NewWish, key: SessionKey, first: Order): Promise<Opened | null> {
  let order = first;
  for (let left = MAX_NONCES; ; left--) {
    order = { ...order, nonce: await unrecorded(wish.place, order.nonce) };
    try {
      return await offer(world, wish, key, order);
    } catch (error) {
      if (!isRefusal(error) || error.code !== NONCE_TAKEN || left <= 1) throw error;
      order = { ...order, nonce: order.nonce + 1n };
    }
  }
}

/** The first nonce from this one on that no session of ours stands for: its seed is not to be replaced. Ends, for records
 * are few. */
async function unrecorded(place: Place, from: bigint): Promise<bigint> {
  let nonce = from;
  while (await hasRecord(idOf(place, nonce))) nonce += 1n;
  return nonce;
}

function idOf({ genesis, viewer }: Place, nonce: bigint): string {
  const hash = bytesOf("its genesis hash", fromHex(genesis, 32));
  return toHex(sessionId(hash, bytesOf("the account", decodeAddress(viewer)), nonce));
}

function noKey(): Obstacle {
  return { reason: "delegation", what: "This browser has no permission to spend.", mend: "Set your limits." };
}

interface Order {
  readonly ticks: number;
  readonly nonce: bigint;
  readonly best: number;
}

async function offer(world: World, wish: NewWish, key: SessionKey, order: Order): Promise<Opened | null> {
  const { place, terms } = wish;
  const session = idOf(place, order.nonce);
  const ticket = await signed(world, wish, key, order);
  const record: SessionRecord = {
    ...place,
    session,
    pricePerTick: terms.pricePerTick,
    maxTicks: order.ticks,
    openedAtMs: world.now(),
    revealed: 0,
    token: null,
    ticket,
  };
  // Written down before it is told: whatever becomes of the answer, a reload finds it.
  for (const old of await addRecord(record)) await world.ticks.forget(old);
  if (!wish.isWanted()) {
    await forget(world, session);
    return null;
  }
  const mayBeTaken = async () => {
    wish.onOffered();
    await usedNonce(place.genesis, place.viewer, order.nonce);
  };
  let view: SessionView;
  try {
    view = await world.counter.offerTicket(ticket);
  } catch (error) {
    if (isRefusal(error)) await forget(world, session);
    else await mayBeTaken();
    throw error;
  }
  await mayBeTaken();
  return sold(world, record, view);
}

/** The ticket in hex, with the session key's signature. Its seed is kept by then. */
async function signed(world: World, { place, info, terms }: NewWish, key: SessionKey, order: Order): Promise<string> {
  const ticket: Ticket = {
    viewer: bytesOf("the account", decodeAddress(place.viewer)),
    nonce: order.nonce,
    stream: BigInt(place.stream),
    gateway: bytesOf("its account", decodeAddress(place.gateway)),
    pricePerTick: terms.pricePerTick,
    maxTicks: order.ticks,
    anchor: await world.ticks.make(idOf(place, order.nonce), order.ticks),
    // Half of what is allowed: enough for any queue, and no lagging node can make it too long.
    expiresAt: order.best + Math.floor(info.ticket_lifetime_blocks / 2),
  };
  const genesis = bytesOf("its genesis hash", fromHex(place.genesis, 32));
  return toHex(encodeSignedTicket(ticket, await key.sign(ticketMessage(genesis, ticket))));
}

/** Notes that a ticket was taken, once it is certain that what was sold is what was ordered. */
async function sold(world: World, ordered: SessionRecord, view: SessionView): Promise<Opened> {
  const pricePerTick = BigInt(view.price_per_tick);
  const isOurs =
    view.session === ordered.session &&
    view.stream === ordered.stream &&
    view.max_ticks === ordered.maxTicks &&
    pricePerTick <= ordered.pricePerTick;
  if (!isOurs) {
    await forget(world, ordered.session);
    const mend = "Watch something else, or tell the gateway's operator.";
    const what = "The gateway sold another session than was ordered; nothing was paid.";
    throw new WordedError("wrong-session", what, mend);
  }
  const { ticket: _, ...answered } = ordered;
  const record: SessionRecord = { ...answered, pricePerTick };
  await noteSold(record);
  return { record, view, isNew: true };
}
