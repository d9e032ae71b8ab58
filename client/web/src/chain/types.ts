// What the chain layer offers: accounts, money, streams and transactions. Everything is a plain value or a signal.
// Nothing in here imports the chain library, which is loaded when it is first needed.

import type { ReadonlySignal } from "@preact/signals";

/** A wallet extension found in the page. */
export interface WalletExtension {
  /** Its key in `injectedWeb3`. */
  readonly id: string;
  /** Its display name: `Polkadot.js`, `Talisman`, `SubWallet`. */
  readonly label: string;
}

/** An account that a wallet has shown to this page. */
export interface WalletAccount {
  /** SS58 with the chain's prefix. */
  readonly address: string;
  /** Name that its owner gave it, or else the short address. */
  readonly name: string;
  /** Id of the extension that signs for it. */
  readonly extension: string;
  /** False while only its address is remembered: paying continues, but signing needs the extension. */
  readonly canSign: boolean;
}

/** State of the connection to the wallet. */
export type WalletStatus = "disconnected" | "connecting" | "connected";

/** The user's wallet; {@link wallet} is its only instance. */
export interface Wallet {
  /** Extensions found so far; {@link Wallet.find} looks again. */
  readonly extensions: ReadonlySignal<readonly WalletExtension[]>;
  readonly status: ReadonlySignal<WalletStatus>;
  /** Accounts of the connected extension. */
  readonly accounts: ReadonlySignal<readonly WalletAccount[]>;
  /** The chosen account. It is remembered over reloads. */
  readonly account: ReadonlySignal<WalletAccount | null>;
  /** Looks for extensions for a few seconds, since they may appear after the page. Connects the remembered one. */
  find(): Promise<void>;
  /**
   * Connects an extension, which may ask its owner. Chooses its first account if none was remembered. If the remembered
   * account is not among those shown, it stays chosen, and this rejects: another one must be chosen by hand. With
   * `address`, chooses that account if it is shown.
   */
  connect(extension: string, address?: string): Promise<void>;
  /** Chooses one of {@link Wallet.accounts}. */
  choose(address: string): void;
  /** Forgets extension and account. Session keys, on chain and in this browser, stay as they are. */
  disconnect(): void;
  /**
   * Has the chosen account sign bytes. Returns a SCALE `MultiSignature` in hexadecimal. Waits for as long as the wallet
   * does. Rejects with the code `signs-no-messages` if the wallet signs transactions only.
   */
  signBytes(bytes: Uint8Array): Promise<string>;
}

/** What a session key may be used for. Accounts are SS58 addresses. */
export type KeyScope =
  | { readonly kind: "any" }
  | { readonly kind: "gateway" | "creator"; readonly account: string }
  | { readonly kind: "stream"; readonly stream: string };

/** Budget that is filled up again at regular intervals. What was left before is not added to it. */
export interface BlockRenewal {
  readonly everyBlocks: number;
  readonly amount: bigint;
}

/** Amount that a session key may still spend; see `leftAt` and `mostToSpend` in `keys.ts`. */
export interface Allowance {
  /** What was left at the last change, in planck. */
  readonly left: bigint;
  readonly renewal: BlockRenewal | null;
  /** Block in which the present period began. */
  readonly renewedAt: number;
}

/**
 * A session key among a viewer's keys on chain: what one device, or the owner of a gift, may spend from the deposit. The
 * chain enforces all of its limits.
 */
export interface DeviceKey {
  /** SS58 address of the session key. */
  readonly address: string;
  /** Name of the key for its owner. */
  readonly label: string;
  readonly maxPricePerTick: bigint;
  readonly allowance: Allowance;
  /** Number of sessions that it may have open at the same time. */
  readonly maxSessions: number;
  readonly scope: KeyScope;
  /** The last block in which it can open sessions. */
  readonly expiresAt: number;
  readonly openSessions: number;
  /** Amount spent by sessions that are removed, open fees included, in planck. */
  readonly spent: bigint;
  /** Block in which it was added or last opened a session. */
  readonly usedAt: number;
  /** Amount kept for the storage of the entry until it is removed, in planck. */
  readonly bond: bigint;
  /** The next nonce that a ticket of the key may use. */
  readonly nextNonce: bigint;
}

/** A viewer's deposit, from which sessions are paid. */
export interface Deposit {
  /** Amount that can be withdrawn or reserved, in planck. */
  readonly free: bigint;
  /** Amount set aside for open sessions, in planck. */
  readonly reserved: bigint;
  /** At most 16. */
  readonly keys: readonly DeviceKey[];
  readonly openSessions: number;
}

/** All amounts of an account, as of the best block, in planck. */
export interface Money {
  readonly address: string;
  /** What the account itself can spend, outside the deposit. */
  readonly balance: bigint;
  /** Null if the account never made a deposit. */
  readonly deposit: Deposit | null;
  /** Earnings that can be paid out. */
  readonly earnings: bigint;
}

/** The protocol's parameters. */
export interface ChainParams {
  readonly minPrice: bigint;
  readonly minDeposit: bigint;
  readonly streamDeposit: bigint;
  readonly openFee: bigint;
  /** Amount kept for the storage of a deposit, and of each key, until it is removed. */
  readonly storageBond: bigint;
  /** Share of the gross amount, in millionths. */
  readonly protocolFeePpm: number;
  /** Share of the gross amount, in millionths. */
  readonly submitterSharePpm: number;
  readonly closePeriodBlocks: number;
  readonly noticeBlocks: number;
  /** Time between blocks, to show numbers of blocks as times. */
  readonly blockTimeMs: number;
}

/** Budget that is filled up again at regular intervals. */
export interface TimedRenewal {
  readonly everyMs: number;
  readonly amount: bigint;
}

/** What a viewer allows a session key to spend. */
export interface KeyLimits {
  /** At most {@link MAX_LABEL_BYTES} in UTF-8. */
  readonly label: string;
  readonly maxPricePerTick: bigint;
  /** Amount until it is renewed, in planck. */
  readonly allowance: bigint;
  readonly renewal: TimedRenewal | null;
  /** From 1 to 16. */
  readonly maxSessions: number;
  readonly scope: KeyScope;
  /** End, in milliseconds since 1970. */
  readonly untilMs: number;
}

/** Maximum length of a key's label on chain, in bytes. */
export const MAX_LABEL_BYTES = 32;
/** Maximum number of sessions that a key may have open at the same time. */
export const MAX_KEY_SESSIONS = 16;

/** The money of an account that is followed. */
export interface FollowedMoney {
  /** As of the best block; null until known. */
  readonly money: ReadonlySignal<Money | null>;
  stop(): void;
}

/** An account's share of a stream's income. */
export interface SplitShare {
  readonly account: string;
  readonly sharePpm: number;
}

/** A creator's description of a stream. */
export interface StreamMetadata {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  /** A picture: a URL at this gateway or, if it is small, a `data:` URL. */
  readonly thumbnail: string;
  /** Whether a low rendition can be watched without keys for as long as the free seconds last. */
  readonly clear_preview: ClearPreview;
}

/** Which low rendition without encryption a creator asks for: none, the picture alone, or picture and sound. */
export type ClearPreview = "off" | "muted" | "with-sound";

/** A stream to be created. */
export interface NewStream {
  readonly pricePerTick: bigint;
  readonly previewTicks: number;
  /** The gateway's share of what remains after the fees of protocol and submitter, in millionths. */
  readonly gatewaySharePpm: number;
  readonly splits: readonly SplitShare[];
  readonly metadata: StreamMetadata;
}

/** Fields of a stream to change; absent ones stay. */
export type StreamChange = { readonly [K in keyof Omit<NewStream, "metadata">]?: NewStream[K] } & {
  readonly metadata?: Partial<StreamMetadata>;
};

/** Status that a creator can announce. */
export type AnnouncedStatus = "live" | "offline";

/** Progress of a transaction. */
export type TransactionStage = "signing" | "sending" | "in-block" | "finalized";

export interface TransactionOptions {
  /** Called whenever the transaction reaches a stage. */
  readonly onStage?: (stage: TransactionStage) => void;
}

/** A transaction that is in a block and has succeeded. */
export interface TransactionResult {
  readonly txHash: string;
  readonly blockHash: string;
  readonly block: number;
  /** Resolves when the block is finalized; rejects if the transaction was undone. */
  readonly finalized: Promise<void>;
}

/** State of the connection to the chain. */
export type ChainStatus =
  | { readonly kind: "idle" | "connecting" | "ready" }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string };

/** Numbers of the best and the last finalized block. */
export interface Heights {
  readonly best: number;
  readonly finalized: number;
}

/** How to reach the chain. */
export interface ChainNetwork {
  /** WebSocket URLs of nodes, in the order in which they are tried. */
  readonly nodes: readonly string[];
  /** Hash of block 0, in hexadecimal. */
  readonly genesisHash: string;
}

/** A message that was signed as a transaction, which is never submitted. */
export interface SignedRemark {
  /** SCALE `MultiSignature` in hexadecimal. */
  readonly signature: string;
  /** What was signed: call, extensions and implicit data, in hexadecimal. */
  readonly transaction: string;
}

/** An account that every development chain has. */
export interface DevelopmentAccount {
  readonly name: string;
  readonly address: string;
}

/** The chain; {@link chain} is its only instance. Every method rejects with a `UserError`. */
export interface Chain {
  readonly status: ReadonlySignal<ChainStatus>;
  readonly heights: ReadonlySignal<Heights | null>;
  /** Money of the wallet's account, updated with each block after {@link Chain.start}; null until known. */
  readonly money: ReadonlySignal<Money | null>;
  /** Follows the money of any account, after {@link Chain.start}. */
  follow(address: string): FollowedMoney;
  /** Sets where nodes are found. Must be called before anything that needs a node. */
  setNetwork(find: () => Promise<ChainNetwork>): void;
  /** Connects to a node. May be called any number of times. */
  start(): Promise<void>;
  params(): Promise<ChainParams>;
  /** Whether the chain is one for development, whose built-in accounts everybody may use. */
  isDevelopment(): Promise<boolean>;
  /**
   * Has the chosen account sign a message as a transaction that cannot be submitted: for wallets that sign transactions
   * only. Waits for as long as the wallet does.
   */
  signRemark(message: string): Promise<SignedRemark>;
  /** Address of the session key that this browser has for an account; null if it has none. Needs no node. */
  ownSessionKey(address: string): Promise<string | null>;

  /**
   * Deposits an amount. With `limits`, the same signature adds this browser's session key, or changes its limits if it
   * is there already.
   */
  deposit(amount: bigint, limits: KeyLimits | null, options?: TransactionOptions): Promise<TransactionResult>;
  /** Adds this browser's session key, or changes its limits if it is there already. */
  authorise(limits: KeyLimits, options?: TransactionOptions): Promise<TransactionResult>;
  /** Adds another session key, for instance that of a gift. */
  addKey(address: string, limits: KeyLimits, options?: TransactionOptions): Promise<TransactionResult>;
  /** Replaces the limits of a key. Its allowance starts anew. */
  updateKey(address: string, limits: KeyLimits, options?: TransactionOptions): Promise<TransactionResult>;
  /** Removes a key: it opens no more sessions. Those that are open end as before. */
  removeKey(address: string, options?: TransactionOptions): Promise<TransactionResult>;
  removeAllKeys(options?: TransactionOptions): Promise<TransactionResult>;
  withdraw(amount: bigint, options?: TransactionOptions): Promise<TransactionResult>;
  /** Starts to close sessions from the wallet, without their gateway. */
  leaveSessions(sessions: readonly string[], options?: TransactionOptions): Promise<TransactionResult>;
  tip(stream: string, amount: bigint, memo: string, options?: TransactionOptions): Promise<TransactionResult>;

  /** Creates a stream. The result has its number. */
  createStream(
    stream: NewStream,
    options?: TransactionOptions,
  ): Promise<TransactionResult & { readonly stream: string }>;
  updateStream(stream: string, change: StreamChange, options?: TransactionOptions): Promise<TransactionResult>;
  setStreamStatus(stream: string, status: AnnouncedStatus, options?: TransactionOptions): Promise<TransactionResult>;
  endStream(stream: string, options?: TransactionOptions): Promise<TransactionResult>;
  /** Pays out what the chosen account has earned. */
  payout(options?: TransactionOptions): Promise<TransactionResult>;
}
