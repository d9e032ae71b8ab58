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
import { addRecord, type Place, recordsAt, removeRecord, type SessionRecord, usedNonce } from "./records";
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

/** Goes on with a session that a reload has left, if it still sells. */
export async function resume(world: World, place: Place, leastTicks: number): Promise<Opened | null> {
  for (const record of await recordsAt(place)) {
    try {
      const view = await world.counter.session(record.session);
      const isWorth = SELLING.includes(view.phase) && record.maxTicks - view.used_ticks >= leastTicks;
      if (isWorth) return { record, view, isNew: false };
    } catch (error) {
      if (!(error instanceof GatewayError) || error.status !== 404) throw error;
    }
    await forget(world, record.session);
  }
  return null;
}

/** Forgets a session that sells no more. */
export async function forget(world: World, session: string): Promise<void> {
  await removeRecord(session);
  await world.ticks.forget(session);
}

/** What a new session is made from. */
export interface Wish {
  readonly place: Place;
  readonly info: GatewayInfo;
  readonly terms: Terms;
  /** What it must be at least to be of any use. */
  readonly leastTicks: number;
}

/** A new session; or what stands in the way. */
export async function openNew(world: World, wish: Wish): Promise<Opened | Obstacle> {
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
async function offerFrom(world: World, wish: Wish, key: SessionKey, first: Order): Promise<Opened> {
  let order = first;
  for (let left = MAX_NONCES; ; left--) {
    try {
      return await offer(world, wish, key, order);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== NONCE_TAKEN || left <= 1) throw error;
      order = { ...order, nonce: order.nonce + 1n };
    }
  }
}

function noKey(): Obstacle {
  return { reason: "delegation", what: "This browser has no permission to spend.", mend: "Set your limits." };
}

interface Order {
  readonly ticks: number;
  readonly nonce: bigint;
  readonly best: number;
}

async function offer(world: World, wish: Wish, key: SessionKey, order: Order): Promise<Opened> {
  const { place, info, terms } = wish;
  const genesis = bytesOf("its genesis hash", fromHex(place.genesis, 32));
  const viewer = bytesOf("the account", decodeAddress(place.viewer));
  const session = toHex(sessionId(genesis, viewer, order.nonce));
  const ticket: Ticket = {
    viewer,
    nonce: order.nonce,
    stream: BigInt(place.stream),
    gateway: bytesOf("its account", decodeAddress(place.gateway)),
    pricePerTick: terms.pricePerTick,
    maxTicks: order.ticks,
    anchor: await world.ticks.make(session, order.ticks),
    // Half of what is allowed: enough for any queue, and no lagging node can make it too long.
    expiresAt: order.best + Math.floor(info.ticket_lifetime_blocks / 2),
  };
  const signed = encodeSignedTicket(ticket, await key.sign(ticketMessage(genesis, ticket)));
  const view = await world.counter.offerTicket(toHex(signed)).catch(async (error: unknown) => {
    await world.ticks.forget(session);
    throw error;
  });
  check(view, session, ticket, place.stream);
  await usedNonce(place.genesis, place.viewer, order.nonce);
  const record: SessionRecord = {
    ...place,
    session,
    pricePerTick: BigInt(view.price_per_tick),
    maxTicks: view.max_ticks,
    openedAtMs: world.now(),
    revealed: 0,
    token: null,
  };
  for (const old of await addRecord(record)) await world.ticks.forget(old);
  return { record, view, isNew: true };
}

/** Checks that what was sold is what was ordered. */
function check(view: SessionView, session: string, ticket: Ticket, stream: string): void {
  const isOurs =
    view.session === session &&
    view.stream === stream &&
    view.max_ticks === ticket.maxTicks &&
    BigInt(view.price_per_tick) <= ticket.pricePerTick;
  if (isOurs) return;
  const mend = "Watch something else, or tell the gateway's operator.";
  throw new WordedError("wrong-session", "The gateway sold another session than was ordered; nothing was paid.", mend);
}
