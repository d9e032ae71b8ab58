// One transaction's way: signed by the wallet, sent, in a block, final. Loaded with the chain library.

import type { TxEvent } from "polkadot-api";
import { getPolkadotSignerFromPjs } from "polkadot-api/pjs-signer";
import type { Observable } from "rxjs";
import { WordedError } from "../common/errors";
import type { Connection } from "./connection";
import type { Done, NewStream, SpendingLimits, StreamChange, StreamMetadata, TransactionOptions } from "./types";
import { signingRefused, walletSigner } from "./wallet";
import { dispatchRefused, transactionRefused } from "./words";

/** So many blocks a transaction may wait for one: a minute, then it is void. */
const MORTAL_BLOCKS = 64;

/** The longest metadata that the chain takes. */
const MAX_METADATA_BYTES = 2_048;

const encoder = new TextEncoder();

/** What of a chain library's transaction is used here. */
interface Sendable {
  signSubmitAndWatch(
    signer: ReturnType<typeof getPolkadotSignerFromPjs>,
    options: { at: string; mortality: { mortal: true; period: number } },
  ): Observable<TxEvent>;
}

/** A transaction that has succeeded, with its events. */
export interface Sent extends Done {
  readonly events: readonly {
    readonly type: string;
    readonly value: { readonly type: string; readonly value: unknown };
  }[];
}

/** Follows a transaction; resolves when it is in a block and has succeeded. */
function follow(events: Observable<TxEvent>, options: TransactionOptions): Promise<Sent> {
  return new Promise((resolve, reject) => {
    let stage: "signing" | "sending" | "in-block" = "signing";
    let isFinal: () => void = () => {};
    let isUndone: (error: Error) => void = () => {};
    const final = new Promise<void>((yes, no) => {
      isFinal = yes;
      isUndone = no;
    });
    // Not everybody waits for finality: a rejection that nobody hears is no fault.
    final.catch(() => {});
    options.onStage?.(stage);
    const fail = (error: WordedError) => {
      reject(error);
      isUndone(error);
    };
    events.subscribe({
      next: (event) => {
        if (event.type === "signed") {
          stage = "sending";
          options.onStage?.(stage);
        } else if (event.type === "txBestBlocksState" && event.found && stage === "sending") {
          if (!event.ok) return fail(dispatchRefused(event.dispatchError));
          stage = "in-block";
          options.onStage?.(stage);
          const { hash: blockHash, number: block } = event.block;
          resolve({ txHash: event.txHash, blockHash, block, final, events: event.events });
        } else if (event.type === "finalized") {
          if (!event.ok) return fail(dispatchRefused(event.dispatchError));
          options.onStage?.("final");
          isFinal();
        }
        return undefined;
      },
      error: (error: unknown) => fail(stage === "signing" ? signingError(error) : transactionRefused(error)),
    });
  });
}

/** Before it is signed, either the wallet says no, or the chain library. */
function signingError(error: unknown): WordedError {
  if (error instanceof WordedError) return error;
  return error instanceof Error && error.name === "InvalidTxError" ? transactionRefused(error) : signingRefused(error);
}

/** Has the wallet sign a transaction, and sends it. */
export async function send(connection: Connection, tx: Sendable, options: TransactionOptions = {}): Promise<Sent> {
  const { address, wallet } = await walletSigner();
  const { signPayload, signRaw } = wallet.signer;
  const signer = getPolkadotSignerFromPjs(
    address,
    (payload) => signPayload.call(wallet.signer, payload),
    (payload) => signRaw.call(wallet.signer, payload),
  );
  const [best] = await connection.client.getBestBlocks();
  if (!best) throw new WordedError("chain", "The node has no block yet.", "Try again in a few seconds.");
  const mortality = { mortal: true, period: MORTAL_BLOCKS } as const;
  return follow(tx.signSubmitAndWatch(signer, { at: best.hash, mortality }), options);
}

/** Limits as the chain takes them: time becomes a block. */
export async function delegationFor(connection: Connection, limits: SpendingLimits, sessionKey: string) {
  const [best] = await connection.client.getBestBlocks();
  const blocks = Math.floor((limits.untilMs - Date.now()) / connection.blockTimeMs);
  if (blocks < 1) throw new WordedError("limits", "The limits would be over at once.", "Choose a later end.");
  return {
    session_key: sessionKey,
    max_price_per_tick: limits.maxPricePerTick,
    allowance: limits.allowance,
    expires_at: Math.min((best?.number ?? 0) + blocks, 0xffff_ffff),
  };
}

/** Metadata as the chain keeps it: a JSON object, without what is empty. */
export function encodeMetadata(metadata: StreamMetadata): Uint8Array {
  const filled = Object.entries(metadata).filter(([, value]) => value.length > 0);
  const bytes = encoder.encode(JSON.stringify(Object.fromEntries(filled)));
  if (bytes.length <= MAX_METADATA_BYTES) return bytes;
  const what = `Title, description, tags and thumbnail together are ${bytes.length - MAX_METADATA_BYTES} bytes too long.`;
  throw new WordedError("metadata", what, "Shorten the description, or choose a smaller thumbnail.");
}

function splitsOf(splits: NewStream["splits"]): [string, number][] {
  return splits.map(({ account, sharePpm }) => [account, sharePpm]);
}

/** A new stream as the chain takes it. */
export function requestOf(stream: NewStream) {
  return {
    price_per_tick: stream.pricePerTick,
    preview_ticks: stream.previewTicks,
    gateway_share: stream.gatewaySharePpm,
    splits: splitsOf(stream.splits),
    metadata: encodeMetadata(stream.metadata),
  };
}

/** A change as the chain takes it. */
export function updateOf(change: StreamChange) {
  return {
    price_per_tick: change.pricePerTick,
    preview_ticks: change.previewTicks,
    gateway_share: change.gatewaySharePpm,
    splits: change.splits && splitsOf(change.splits),
    metadata: change.metadata && encodeMetadata(change.metadata),
  };
}
