// Messages signed as a transaction, by wallets that sign nothing else, such as hardware wallets. The transaction is a remark
// with the message, whose nonce no account ever reaches: whoever gets hold of it cannot submit it.

import { concat, equal, toHex } from "../common/bytes";
import { UserError } from "../common/errors";
import type { Connection } from "./connection";
import { type PapiSigner, papiSigner } from "./papi-signer";
import type { SignedRemark } from "./types";
import { cannotSign, signingError, walletSigner, wasCancelled } from "./wallet";

/** The highest nonce. Each account would have to send four billion transactions before it. */
export const NEVER_REACHED_NONCE = 0xffff_ffff;

const SIGNED_V4 = 0x84;
const ADDRESS_BYTES = 33;
/** Lengths of signatures by their kind: Ed25519, Sr25519, ECDSA. */
const SIGNATURE_BYTES = [64, 64, 65];
const METADATA_HASH = "CheckMetadataHash";

const encoder = new TextEncoder();

/** Decimals and symbol of the token, which are part of the hash of the chain's metadata. */
export interface TokenInfo {
  readonly decimals: number;
  readonly tokenSymbol: string;
}

type SignTx = PapiSigner["signTx"];
type Extension = Parameters<SignTx>[1][string];

interface Noted {
  readonly callData: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly metadata: Uint8Array;
}

/** A signed extrinsic without its length, address and signature: the extensions' values, and the call. */
interface Parts {
  readonly signature: Uint8Array;
  readonly rest: Uint8Array;
}

function changed(): UserError {
  const hint = "Use another account or wallet, or tell the gateway's operator which wallet it was.";
  return new UserError("wallet-changed", "The wallet has signed something else than it was asked to.", hint);
}

/** Takes an extrinsic apart. Null if it is not a signed one of version 4 by an account. */
export function partsOf(extrinsic: Uint8Array): Parts | null {
  const prefixBytes = [1, 2, 4, 0][(extrinsic[0] ?? 3) & 3] ?? 0;
  const body = extrinsic.subarray(prefixBytes);
  if (prefixBytes === 0 || body[0] !== SIGNED_V4 || body[1] !== 0) return null;
  const at = 1 + ADDRESS_BYTES;
  const signatureBytes = SIGNATURE_BYTES[body[at] ?? SIGNATURE_BYTES.length];
  if (signatureBytes === undefined) return null;
  const end = at + 1 + signatureBytes;
  return body.length < end ? null : { signature: body.slice(at, end), rest: body.slice(end) };
}

const values = (extensions: readonly Extension[]) => concat(...extensions.map(({ value }) => value));

/** The extensions of a wallet that has the chain check the hash of the metadata that it has shown. */
async function withMetadataHash({ extensions, metadata }: Noted, token: TokenInfo): Promise<readonly Extension[]> {
  const { merkleizeMetadata } = await import("@polkadot-api/merkleize-metadata");
  const digest = merkleizeMetadata(metadata, token).digest();
  return extensions.map((extension) =>
    extension.identifier === METADATA_HASH
      ? { ...extension, value: Uint8Array.of(1), additionalSigned: concat(Uint8Array.of(1), digest) }
      : extension,
  );
}

/** The extensions as the wallet has signed them: with or without the hash of the metadata. */
async function signedExtensions(noted: Noted, extra: Uint8Array, token: TokenInfo): Promise<readonly Extension[]> {
  if (equal(extra, values(noted.extensions))) return noted.extensions;
  const withHash = await withMetadataHash(noted, token);
  if (equal(extra, values(withHash))) return withHash;
  throw changed();
}

/**
 * Has a transaction signed, and returns what was signed beside the signature. `sign` makes the transaction with the signer
 * that it is given.
 *
 * @throws UserError if the wallet has signed another call, or other extensions.
 */
export async function signedPayload(
  signer: PapiSigner,
  sign: (noting: PapiSigner) => Promise<Uint8Array>,
  token: TokenInfo,
): Promise<SignedRemark> {
  const asked: Noted[] = [];
  const signTx: SignTx = (callData, extensions, metadata, ...rest) => {
    asked.push({ callData, extensions: Object.values(extensions), metadata });
    return signer.signTx(callData, extensions, metadata, ...rest);
  };
  const parts = partsOf(await sign({ ...signer, signTx }));
  const noted = asked[0];
  if (!parts || !noted) throw changed();
  const extraBytes = parts.rest.length - noted.callData.length;
  if (extraBytes < 0 || !equal(parts.rest.subarray(extraBytes), noted.callData)) throw changed();
  const extensions = await signedExtensions(noted, parts.rest.subarray(0, extraBytes), token);
  const implicit = extensions.map(({ additionalSigned }) => additionalSigned);
  const transaction = concat(noted.callData, values(extensions), ...implicit);
  return { signature: toHex(parts.signature), transaction: toHex(transaction) };
}

/** The token's decimals and symbol in a chain's properties. */
function tokenOf(properties: unknown): TokenInfo {
  const isObject = typeof properties === "object" && properties !== null;
  const { tokenDecimals, tokenSymbol } = isObject ? (properties as Record<string, unknown>) : {};
  return {
    decimals: typeof tokenDecimals === "number" ? tokenDecimals : 0,
    tokenSymbol: typeof tokenSymbol === "string" ? tokenSymbol : "",
  };
}

/** Has the wallet sign a remark with the message. It is never submitted. */
export async function signRemark({ api, client }: Connection, message: string): Promise<SignedRemark> {
  const chosen = await walletSigner();
  const { properties } = await client.getChainSpecData();
  const tx = api.tx.System.remark({ remark: encoder.encode(message) });
  const options = { nonce: NEVER_REACHED_NONCE, mortality: { mortal: false } } as const;
  try {
    return await signedPayload(papiSigner(chosen), (from) => tx.sign(from, options), tokenOf(properties));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw wasCancelled(error) ? signingError(error) : cannotSign(chosen.name, error);
  }
}
