// A wallet for tests, with development keys. `@polkadot/extension-inject` injects it into pages like an extension. It
// signs in Node, and counts its signatures.

import { fileURLToPath } from "node:url";
import { Keyring } from "@polkadot/keyring";
import { bnToU8a, compactToU8a, hexToU8a, u8aConcat, u8aToHex, u8aWrapBytes } from "@polkadot/util";
import { blake2AsU8a, cryptoWaitReady } from "@polkadot/util-crypto";
import type { BrowserContext } from "playwright-core";
import { build } from "vite";

/** Length above which payloads are hashed before they are signed. */
const MAX_PAYLOAD_BYTES = 256;

export interface TestWallet {
  /** Number of signed transactions. */
  transactions: number;
  /** Number of signed messages. */
  messages: number;
  /** Time of the last signature. */
  signedAtMs: number;
  readonly addresses: readonly string[];
  /** Names of the accounts. */
  readonly names: readonly string[];
}

interface Payload {
  readonly address: string;
  readonly method: string;
  readonly era: string;
  readonly nonce: string;
  readonly tip: string;
  readonly mode?: number;
  readonly specVersion: string;
  readonly transactionVersion: string;
  readonly genesisHash: string;
  readonly blockHash: string;
}

const u32 = (hex: string) => bnToU8a(BigInt(hex), { bitLength: 32, isLe: true });

/** The bytes of a transaction that are signed. */
function signedBytes(payload: Payload): Uint8Array {
  const bytes = u8aConcat(
    hexToU8a(payload.method),
    hexToU8a(payload.era),
    compactToU8a(BigInt(payload.nonce)),
    compactToU8a(BigInt(payload.tip)),
    Uint8Array.of(payload.mode ?? 0),
    u32(payload.specVersion),
    u32(payload.transactionVersion),
    hexToU8a(payload.genesisHash),
    hexToU8a(payload.blockHash),
    Uint8Array.of(0),
  );
  return bytes.length > MAX_PAYLOAD_BYTES ? blake2AsU8a(bytes) : bytes;
}

/** How the wallet differs from an ordinary one. */
export interface WalletOptions {
  /** Whether it refuses to sign messages, as hardware wallets do. */
  readonly isHardware?: boolean;
}

/** Injects the wallet into every page of the context. */
export async function injectWallet(
  context: BrowserContext,
  suris: readonly string[],
  { isHardware = false }: WalletOptions = {},
): Promise<TestWallet> {
  await cryptoWaitReady();
  const keyring = new Keyring({ type: "sr25519", ss58Format: 42 });
  const pairs = suris.map((suri) => keyring.addFromUri(suri));
  const names = suris.map((suri) => suri.split("//").join(" ").trim());
  const wallet = { transactions: 0, messages: 0, signedAtMs: 0, addresses: pairs.map(({ address }) => address), names };
  await context.exposeFunction("testSignPayload", (payload: Payload) => {
    wallet.transactions++;
    wallet.signedAtMs = Date.now();
    return u8aToHex(keyring.getPair(payload.address).sign(signedBytes(payload), { withType: true }));
  });
  await context.exposeFunction("testSignRaw", ({ address, data }: { address: string; data: string }) => {
    if (isHardware) throw new Error("Raw signing is not supported by this device");
    wallet.messages++;
    wallet.signedAtMs = Date.now();
    return u8aToHex(keyring.getPair(address).sign(u8aWrapBytes(hexToU8a(data))));
  });
  const accounts = pairs.map(({ address }, at) => ({ address, name: names[at] ?? "", type: "sr25519" }));
  await context.addInitScript((known) => void Reflect.set(window, "testAccounts", known), accounts);
  await context.addInitScript({ content: await pageWallet() });
  return wallet;
}

/** Builds `page-wallet.ts` into one script. */
async function pageWallet(): Promise<string> {
  const entry = fileURLToPath(new URL("./page-wallet.ts", import.meta.url));
  const lib = { entry, formats: ["iife" as const], name: "PageWallet" };
  const built = await build({ configFile: false, logLevel: "error", build: { lib, write: false, minify: false } });
  const outputs = Array.isArray(built) ? built : [built];
  const chunks = outputs.flatMap((one) => ("output" in one ? one.output : []));
  const code = chunks.flatMap((chunk) => (chunk.type === "chunk" ? [chunk.code] : []));
  if (code.length !== 1) throw new Error(`the wallet was built into ${code.length} scripts instead of one`);
  return code.join("");
}
