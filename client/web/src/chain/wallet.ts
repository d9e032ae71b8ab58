// The viewer's wallet: which extension, which account, and what it signs. Light: it is in the first chunk of the pages.

import { batch, computed, signal } from "@preact/signals";
import { fromHex, toHex } from "../common/bytes";
import { isAbort, WordedError } from "../common/errors";
import { readStored, writeStored } from "../common/storage";
import { SIGNATURE_KINDS } from "../ticks/ticket";
import { shortAddress, toChainAddress } from "./address";
import { enable, type InjectedAccount, type InjectedWallet, injectedIds, labelOf } from "./injected";
import type { Wallet, WalletAccount, WalletExtension, WalletStatus } from "./types";

/** Where the choice is remembered. */
const MEMORY = "vilokanam.wallet";
/** Extensions come into the page a moment after its scripts: so long we look for the remembered one. */
const LOOK_AT_MS = [0, 100, 300, 700, 1_500, 3_000];

interface Choice {
  readonly extension: string;
  readonly address: string;
  readonly name: string;
}

function remembered(): Choice | null {
  try {
    const kept: unknown = JSON.parse(readStored(MEMORY) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const { extension, address, name } = kept as Partial<Choice>;
    const isWhole = typeof extension === "string" && typeof address === "string" && typeof name === "string";
    return isWhole && toChainAddress(address) !== null ? { extension, address, name } : null;
  } catch {
    // Not what we wrote: then nothing is remembered.
    return null;
  }
}

function remember(choice: Choice | null): void {
  writeStored(MEMORY, choice && JSON.stringify(choice));
}

const extensions = signal<readonly WalletExtension[]>([]);
const connectedTo = signal<{ readonly id: string; readonly wallet: InjectedWallet; readonly stop: () => void } | null>(
  null,
);
const isConnecting = signal(false);
const shown = signal<readonly InjectedAccount[]>([]);
const choice = signal<Choice | null>(remembered());

const status = computed<WalletStatus>(() => {
  if (isConnecting.value) return "connecting";
  return connectedTo.value ? "connected" : "disconnected";
});

const accounts = computed<readonly WalletAccount[]>(() => {
  const extension = connectedTo.value?.id;
  if (extension === undefined) return [];
  return shown.value.flatMap((account) => {
    const address = toChainAddress(account.address);
    // Accounts of the Ethereum kind cannot sign for this chain.
    if (address === null || account.type === "ethereum") return [];
    return [{ address, name: account.name || shortAddress(address), extension, canSign: true }];
  });
});

const account = computed<WalletAccount | null>(() => {
  const chosen = choice.value;
  if (!chosen) return null;
  return accounts.value.find(({ address }) => address === chosen.address) ?? { ...chosen, canSign: false };
});

function choose(address: string): void {
  const found = accounts.peek().find((one) => one.address === address);
  if (!found) return;
  choice.value = { extension: found.extension, address, name: found.name };
  remember(choice.peek());
}

function look(): readonly string[] {
  const ids = injectedIds();
  const known = extensions.peek().map(({ id }) => id);
  if (ids.join() !== known.join()) extensions.value = ids.map((id) => ({ id, label: labelOf(id) }));
  return ids;
}

async function connect(id: string): Promise<void> {
  isConnecting.value = true;
  try {
    const wallet = await enable(id);
    const first = await wallet.accounts.get();
    connectedTo.peek()?.stop();
    batch(() => {
      shown.value = first;
      const stop = wallet.accounts.subscribe((now) => {
        shown.value = now;
      });
      connectedTo.value = { id, wallet, stop };
    });
    const usable = accounts.peek();
    if (usable.length === 0) {
      const mend = `Make an account in ${labelOf(id)}, or let this page see one.`;
      throw new WordedError("wallet-empty", `${labelOf(id)} shows no account to this page.`, mend);
    }
    settle(id, usable);
  } finally {
    isConnecting.value = false;
  }
}

/** The account for a wallet that has just let us in. Another than the remembered one is nobody's choice but its owner's:
 * its deposit would pay. */
function settle(id: string, usable: readonly WalletAccount[]): void {
  const chosen = choice.peek();
  const found = usable.find(({ address }) => address === chosen?.address) ?? (chosen ? undefined : usable[0]);
  if (found) choose(found.address);
  else if (chosen) throw hidden(chosen, id);
}

function hidden({ name }: Choice, id: string): WordedError {
  const mend = `Let this page see the account in ${labelOf(id)}, or choose another one.`;
  return new WordedError("account-hidden", `The wallet does not show the account ${name}.`, mend);
}

async function find(): Promise<void> {
  const wanted = choice.peek()?.extension;
  for (const waitMs of LOOK_AT_MS) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const ids = look();
    if (connectedTo.peek() || isConnecting.peek()) continue;
    if (wanted === undefined || !ids.includes(wanted)) continue;
    try {
      await connect(wanted);
    } catch (error) {
      // Nobody asked for this: the account stays remembered, and signing will say what is wrong.
      if (!(error instanceof WordedError)) throw error;
    }
    return;
  }
}

function disconnect(): void {
  batch(() => {
    connectedTo.peek()?.stop();
    connectedTo.value = null;
    shown.value = [];
    choice.value = null;
  });
  remember(null);
}

/** Who signs: the chosen account in its extension. */
export interface WalletSigner {
  readonly address: string;
  readonly kind: string;
  readonly wallet: InjectedWallet;
}

/** The chosen account with what signs for it. Connects its extension if that has not happened yet. */
export async function walletSigner(): Promise<WalletSigner> {
  const chosen = choice.peek();
  if (!chosen) throw new WordedError("no-account", "No account is chosen.", "Connect a wallet and choose an account.");
  if (connectedTo.peek()?.id !== chosen.extension) await connect(chosen.extension);
  const found = shown.peek().find(({ address }) => toChainAddress(address) === chosen.address);
  const to = connectedTo.peek();
  if (!to || !found) throw hidden(chosen, chosen.extension);
  return { address: found.address, kind: found.type ?? "sr25519", wallet: to.wallet };
}

/** What a wallet's refusal to sign becomes. */
export function signingRefused(cause: unknown): WordedError {
  const words = isAbort(cause) ? "Signing was called off." : "The wallet did not sign.";
  return new WordedError("not-signed", words, "Confirm in the wallet to go on.", { cause });
}

/** Wallets give bare signatures or typed ones; the chain wants the type in front. */
export function typedSignature(signature: Uint8Array, kind: string): string {
  const bareBytes = kind === "ecdsa" ? 65 : 64;
  if (signature.length === bareBytes + 1) return toHex(signature);
  const index = kind === "ed25519" || kind === "ecdsa" ? SIGNATURE_KINDS[kind] : SIGNATURE_KINDS.sr25519;
  if (signature.length === bareBytes) return toHex(Uint8Array.of(index, ...signature));
  throw new WordedError("not-signed", "The wallet's signature is of no known kind.", "Use another account or wallet.");
}

async function signBytes(bytes: Uint8Array): Promise<string> {
  const { address, kind, wallet } = await walletSigner();
  let told: string;
  try {
    ({ signature: told } = await wallet.signer.signRaw({ address, data: toHex(bytes), type: "bytes" }));
  } catch (error) {
    throw signingRefused(error);
  }
  return typedSignature(fromHex(told) ?? new Uint8Array(), kind);
}

export const wallet: Wallet = {
  extensions,
  status,
  accounts,
  account,
  find,
  connect,
  choose,
  disconnect,
  signBytes,
};
