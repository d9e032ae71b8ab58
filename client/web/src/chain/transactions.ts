// Transactions from the wallet's signature to finality. Loaded together with the chain library.

import type { TxEvent } from "polkadot-api";
import type { Observable } from "rxjs";
import { UserError } from "../common/errors";
import type { Connection } from "./connection";
import { type PapiSigner, papiSigner } from "./papi-signer";
import { dispatchError, transactionError } from "./transaction-errors";
import {
  type KeyLimits,
  type KeyScope,
  MAX_LABEL_BYTES,
  type NewStream,
  type StreamChange,
  type StreamMetadata,
  type TransactionOptions,
  type TransactionResult,
} from "./types";
import { signingError, walletSigner } from "./wallet";

/** Number of blocks in which a transaction is valid: about a minute. */
const MORTAL_BLOCKS = 64;

/** Maximum length of a stream's metadata on chain. */
const MAX_METADATA_BYTES = 2_048;

const encoder = new TextEncoder();

/** The part of the chain library's transaction that is used here. */
interface Sendable {
  signSubmitAndWatch(
    signer: PapiSigner,
    options: { at: string; mortality: { mortal: true; period: number } },
  ): Observable<TxEvent>;
}

/** A successful transaction with its events. */
export interface SentTransaction extends TransactionResult {
  readonly events: readonly {
    readonly type: string;
    readonly value: { readonly type: string; readonly value: unknown };
  }[];
}

/** Follows a transaction. Resolves when it is in a block and has succeeded. */
function follow(events: Observable<TxEvent>, options: TransactionOptions): Promise<SentTransaction> {
  return new Promise((resolve, reject) => {
    let stage: "signing" | "sending" | "in-block" = "signing";
    let resolveFinalized: () => void = () => {};
    let rejectFinalized: (error: Error) => void = () => {};
    const finalized = new Promise<void>((yes, no) => {
      resolveFinalized = yes;
      rejectFinalized = no;
    });
    // Not every caller waits for finality: a rejection that is not handled there is not a bug.
    finalized.catch(() => {});
    options.onStage?.(stage);
    const fail = (error: UserError) => {
      reject(error);
      rejectFinalized(error);
    };
    events.subscribe({
      next: (event) => {
        if (event.type === "signed") {
          stage = "sending";
          options.onStage?.(stage);
        } else if (event.type === "txBestBlocksState" && event.found && stage === "sending") {
          if (!event.ok) return fail(dispatchError(event.dispatchError));
          stage = "in-block";
          options.onStage?.(stage);
          const { hash: blockHash, number: block } = event.block;
          resolve({ txHash: event.txHash, blockHash, block, finalized, events: event.events });
        } else if (event.type === "finalized") {
          if (!event.ok) return fail(dispatchError(event.dispatchError));
          options.onStage?.("finalized");
          resolveFinalized();
        }
        return undefined;
      },
      error: (error: unknown) => fail(stage === "signing" ? unsignedError(error) : transactionError(error)),
    });
  });
}

/** The error for a transaction that was not signed: either the wallet refused it, or the chain library. */
function unsignedError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  return error instanceof Error && error.name === "InvalidTxError" ? transactionError(error) : signingError(error);
}

/** Has the wallet sign a transaction, and sends it. Resolves when it is in a block and has succeeded. */
export async function send(
  connection: Connection,
  tx: Sendable,
  options: TransactionOptions = {},
): Promise<SentTransaction> {
  const signer = papiSigner(await walletSigner());
  const [best] = await connection.client.getBestBlocks();
  if (!best) throw new UserError("chain", "The node has no block yet.", "Try again in a few seconds.");
  const mortality = { mortal: true, period: MORTAL_BLOCKS } as const;
  return follow(tx.signSubmitAndWatch(signer, { at: best.hash, mortality }), options);
}

/** The highest block number. */
const MAX_BLOCK = 0xffff_ffff;

function chainScope(scope: KeyScope) {
  switch (scope.kind) {
    case "any":
      return { type: "Any", value: undefined } as const;
    case "gateway":
      return { type: "Gateway", value: scope.account } as const;
    case "creator":
      return { type: "Creator", value: scope.account } as const;
    case "stream":
      return { type: "Stream", value: BigInt(scope.stream) } as const;
  }
}

/**
 * Converts limits to the chain's form: times become numbers of blocks.
 *
 * @throws UserError if the limits would end at once, or the label is too long.
 */
export async function chainLimits(
  { client, blockTimeMs }: Pick<Connection, "client" | "blockTimeMs">,
  limits: KeyLimits,
) {
  const [best] = await client.getBestBlocks();
  const blocks = Math.floor((limits.untilMs - Date.now()) / blockTimeMs);
  if (blocks < 1) throw new UserError("limits", "The limit would end at once.", "Choose a later end.");
  const label = encoder.encode(limits.label);
  if (label.length > MAX_LABEL_BYTES) throw new UserError("limits", "The name is too long.", "Shorten it.");
  const { renewal } = limits;
  return {
    label,
    max_price_per_tick: limits.maxPricePerTick,
    allowance: limits.allowance,
    renewal: renewal
      ? { every_blocks: Math.max(1, Math.round(renewal.everyMs / blockTimeMs)), amount: renewal.amount }
      : undefined,
    max_sessions: limits.maxSessions,
    scope: chainScope(limits.scope),
    expires_at: Math.min((best?.number ?? 0) + blocks, MAX_BLOCK),
  };
}

/** Decodes metadata as the chain stores it. What is not a JSON object has no fields. */
function decodeMetadata(stored: Uint8Array): object {
  try {
    const decoded: unknown = JSON.parse(new TextDecoder().decode(stored));
    return typeof decoded === "object" && decoded !== null && !Array.isArray(decoded) ? decoded : {};
  } catch {
    return {};
  }
}

/**
 * Encodes metadata as the chain stores it: a JSON object without empty fields. Fields of the stored metadata that are not
 * among `metadata` stay, also those that these pages do not know.
 */
export function encodeMetadata(metadata: Partial<StreamMetadata>, stored: Uint8Array = new Uint8Array()): Uint8Array {
  const empty = new Set(Object.entries(metadata).flatMap(([key, value]) => (value.length === 0 ? [key] : [])));
  if (metadata.clear_preview === "off") empty.add("clear_preview");
  const fields = Object.entries({ ...decodeMetadata(stored), ...metadata }).filter(([key]) => !empty.has(key));
  const bytes = encoder.encode(JSON.stringify(Object.fromEntries(fields)));
  if (bytes.length <= MAX_METADATA_BYTES) return bytes;
  const excess = bytes.length - MAX_METADATA_BYTES;
  const message = `Title, description, tags and thumbnail together are ${excess} bytes too long.`;
  throw new UserError("metadata", message, "Shorten the description, or choose a smaller thumbnail.");
}

function splitsOf(splits: NewStream["splits"]): [string, number][] {
  return splits.map(({ account, sharePpm }) => [account, sharePpm]);
}

/** Converts a new stream to the chain's form. */
export function requestOf(stream: NewStream) {
  return {
    price_per_tick: stream.pricePerTick,
    preview_ticks: stream.previewTicks,
    gateway_share: stream.gatewaySharePpm,
    splits: splitsOf(stream.splits),
    metadata: encodeMetadata(stream.metadata),
  };
}

/** Converts a change of a stream, whose metadata on chain is `stored`, to the chain's form. */
export function updateOf(change: StreamChange, stored?: Uint8Array) {
  return {
    price_per_tick: change.pricePerTick,
    preview_ticks: change.previewTicks,
    gateway_share: change.gatewaySharePpm,
    splits: change.splits && splitsOf(change.splits),
    metadata: change.metadata && encodeMetadata(change.metadata, stored),
  };
}
