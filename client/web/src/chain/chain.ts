// The chain as the pages see it: signals and calls. The chain library comes when one of them is first used.

import { effect, signal } from "@preact/signals";
import type { Subscription } from "rxjs";
import { fromHex } from "../common/bytes";
import { WordedError, worded } from "../common/errors";
import { gateway } from "../gateway/gateway";
import { waitBeforeRetryMs } from "../gateway/socket";
import { ensureSessionKey, sessionKey } from "../ticks/sessionKey";
import type { Connection } from "./connection";
import type { Chain, ChainStatus, Done, Heights, Money, SpendingLimits, TransactionOptions } from "./types";
import { wallet } from "./wallet";

/** How long a call waits for the first connection, over all nodes. */
const CONNECT_TIMEOUT_MS = 20_000;
/** The longest memo that the chain takes. */
const MAX_MEMO_BYTES = 128;

const status = signal<ChainStatus>({ kind: "idle" });
const heights = signal<Heights | null>(null);
const money = signal<Money | null>(null);

type Library = typeof import("./library");

interface Linked {
  readonly library: Library;
  readonly connection: Connection;
}

let linking: Promise<Linked> | null = null;
let willRetry = false;
/** Links that have failed since a block was last heard of. */
let failures = 0;

const NO_NODE = ["No node of the chain answers.", "Check your connection; it is tried again."] as const;

function noNode(cause?: unknown): WordedError {
  return new WordedError("chain", NO_NODE[0], NO_NODE[1], { cause });
}

function failed(error: unknown): WordedError {
  const words = worded(error, "chain", NO_NODE[0], NO_NODE[1]);
  status.value = { kind: "failed", what: words.message, mend: words.mend ?? NO_NODE[1] };
  return words;
}

/** The library goes on trying to reach a node for ever; nobody waits for ever. */
function withinTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => reject(failed(noNode())), CONNECT_TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(tooLong));
  });
}

async function link(): Promise<Linked> {
  status.value = { kind: "connecting" };
  const [library, info] = await Promise.all([import("./library"), gateway.info()]);
  if (info.nodes.length === 0) throw noNode();
  let isLost = false;
  const ends: (() => void)[] = [];
  const onLink = (isUp: boolean) => {
    if (isLost) return;
    if (isUp) status.value = { kind: "ready" };
    else if (status.peek().kind === "ready") failed(null);
  };
  const connection = await library.connect(info.nodes, info.genesis_hash, onLink);
  // What the library follows ends for good with its first error: all of it is let go of, and begun anew.
  const lose = (error: unknown) => {
    if (isLost) return;
    isLost = true;
    linking = null;
    for (const end of ends.splice(0)) end();
    connection.client.destroy();
    failed(error);
    retryLater();
  };
  status.value = { kind: "ready" };
  const following = connection.heights$.subscribe({
    next: (now) => {
      failures = 0;
      heights.value = now;
    },
    error: lose,
  });
  ends.push(() => following.unsubscribe());
  if (!isLost) ends.push(followMoney(connection, lose));
  if (isLost) throw noNode();
  return { library, connection };
}

/** Follows the money of whichever account is chosen; the answer ends it. */
function followMoney(connection: Connection, onError: (error: unknown) => void): () => void {
  let following: Subscription | null = null;
  let followed: string | undefined;
  const end = effect(() => {
    const address = wallet.account.value?.address;
    if (address === followed) return;
    followed = address;
    following?.unsubscribe();
    following = null;
    // Begun anew for the same account, what was known stays until there is news.
    if (money.peek()?.address !== address) money.value = null;
    if (address === undefined) return;
    following = connection.money$(address).subscribe({
      next: (now) => {
        money.value = now;
      },
      error: onError,
    });
  });
  return () => {
    end();
    following?.unsubscribe();
  };
}

function linked(): Promise<Linked> {
  linking ??= link().catch((error: unknown) => {
    linking = null;
    throw failed(error);
  });
  return withinTime(linking);
}

/** Connects, and tries again later when that fails: pages that show money wait for it without asking again. */
async function start(): Promise<void> {
  try {
    await linked();
  } catch (error) {
    if (linking === null) retryLater();
    throw error;
  }
}

/** Tries again by itself, ever less often while it fails. */
function retryLater(): void {
  if (willRetry) return;
  willRetry = true;
  setTimeout(retry, waitBeforeRetryMs(failures++));
}

function retry(): void {
  willRetry = false;
  // What is wrong is in the status.
  start().catch(() => {});
}

/** Builds a transaction and sends it. */
async function transact(
  build: (linked: Linked) => Parameters<Library["send"]>[1] | Promise<Parameters<Library["send"]>[1]>,
  options: TransactionOptions | undefined,
) {
  const now = await linked();
  return now.library.send(now.connection, await build(now), options);
}

/** The limits, for the key that this browser keeps for the chosen account. */
async function delegation({ library, connection }: Linked, limits: SpendingLimits) {
  const account = wallet.account.peek();
  if (!account) throw new WordedError("no-account", "No account is chosen.", "Connect a wallet and choose an account.");
  const { genesis_hash } = await gateway.info();
  const key = await ensureSessionKey(genesis_hash, account.address);
  return library.delegationFor(connection, limits, key.address);
}

function streamId(stream: string): bigint {
  if (!/^\d{1,20}$/.test(stream)) throw new WordedError("stream", `'${stream}' is no stream.`, "Check the link.");
  return BigInt(stream);
}

function createdStream(events: Awaited<ReturnType<Library["send"]>>["events"]): string {
  const created = events.find(({ type, value }) => type === "TickStream" && value.type === "StreamCreated");
  const told = created?.value.value;
  const id = typeof told === "object" && told !== null && "stream" in told ? told.stream : null;
  if (typeof id !== "bigint")
    throw new WordedError("chain", "The chain did not tell the stream's number.", "Look in your list of streams.");
  return id.toString();
}

function memoBytes(memo: string): Uint8Array {
  const bytes = new TextEncoder().encode(memo);
  if (bytes.length > MAX_MEMO_BYTES) throw new WordedError("memo", "The message is too long.", "Shorten it.");
  return bytes;
}

async function payout(options?: TransactionOptions): Promise<Done> {
  const account = wallet.account.peek()?.address ?? "";
  return transact(({ connection }) => connection.api.tx.TickStream.payout({ account }), options);
}

export const chain: Chain = {
  status,
  heights,
  money,
  start,
  params: async () => (await linked()).connection.params(),
  moneyOf: async (address) => (await linked()).connection.moneyOf(address),
  keyKeptFor: async (address) => {
    const { genesis_hash } = await gateway.info();
    return (await sessionKey(genesis_hash, address))?.address ?? null;
  },

  deposit: (amount, limits, options) =>
    transact(async (now) => {
      const lent = limits ? await delegation(now, limits) : undefined;
      return now.connection.api.tx.TickStream.deposit({ amount, delegation: lent });
    }, options),
  delegate: (limits, options) =>
    transact(
      async (now) => now.connection.api.tx.TickStream.delegate({ delegation: await delegation(now, limits) }),
      options,
    ),
  revokeDelegation: (options) =>
    transact(({ connection }) => connection.api.tx.TickStream.revoke_delegation(), options),
  withdraw: (amount, options) =>
    transact(({ connection }) => connection.api.tx.TickStream.withdraw({ amount }), options),
  leaveSessions: (sessions, options) => {
    const ids = sessions.filter((session) => fromHex(session, 16));
    return transact(({ connection }) => connection.api.tx.TickStream.leave_stream({ sessions: ids }), options);
  },
  tip: (stream, amount, memo, options) =>
    transact(
      ({ connection }) => connection.api.tx.TickStream.tip({ stream: streamId(stream), amount, memo: memoBytes(memo) }),
      options,
    ),

  async createStream(stream, options) {
    const sent = await transact(
      ({ connection, library }) => connection.api.tx.TickStream.create_stream({ request: library.requestOf(stream) }),
      options,
    );
    return { ...sent, stream: createdStream(sent.events) };
  },
  updateStream: (stream, change, options) =>
    transact(
      ({ connection, library }) =>
        connection.api.tx.TickStream.update_stream({ stream: streamId(stream), update: library.updateOf(change) }),
      options,
    ),
  setStreamStatus: (stream, to, options) =>
    transact(
      ({ connection }) =>
        connection.api.tx.TickStream.set_stream_status({
          stream: streamId(stream),
          status: { type: to === "live" ? "Live" : "Offline", value: undefined },
        }),
      options,
    ),
  endStream: (stream, options) =>
    transact(({ connection }) => connection.api.tx.TickStream.end_stream({ stream: streamId(stream) }), options),
  payout,
};
