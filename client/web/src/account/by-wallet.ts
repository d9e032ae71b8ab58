// Signing in with the wallet. However long the wallet takes, the page waits. The gateway accepts a challenge for some minutes.

import { chain } from "../chain/chain";
import { SIGNS_NO_MESSAGES, wallet, walletSigner } from "../chain/wallet";
import { UserError } from "../common/errors";
import { auth } from "../gateway/auth";
import type { Me, SignedChallenge } from "../gateway/auth-types";
import { GatewayError } from "../gateway/problem";
import { thisDevice } from "./without-prompt";

/** What the wallet signs: the message itself or, as hardware wallets need it, a transaction that is never submitted. */
export type SigningWay = "message" | "transaction";

const encoder = new TextEncoder();

/** Time for which a challenge is valid, in milliseconds. */
const CHALLENGE_MS = 300_000;

/** Signs in the chosen way. A wallet that refuses messages for good is asked for a transaction by itself. */
async function sign(message: string, way: SigningWay): Promise<Pick<SignedChallenge, "signature" | "transaction">> {
  if (way === "transaction") return chain.signRemark(message);
  try {
    return { signature: await wallet.signBytes(encoder.encode(message)) };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== SIGNS_NO_MESSAGES) throw error;
    return chain.signRemark(message);
  }
}

/** The error for a signature that came after the end of its challenge. */
function tooLate(cause: unknown): UserError {
  const hint = "Sign again. Signing in costs nothing, and nothing was sent to the chain.";
  return new UserError("signed-too-late", "Signing took too long: the gateway waits five minutes.", hint, { cause });
}

/**
 * Signs in as the chosen account of the wallet, which asks its owner.
 *
 * @throws UserError with the code `signed-too-late` if the wallet took longer than the challenge is valid. Then it can be
 * signed again.
 */
export async function signInByWallet(way: SigningWay = "message"): Promise<Me> {
  // Before the challenge: connecting an extension may take its owner a while, too.
  await walletSigner();
  const account = wallet.account.peek()?.address ?? "";
  const askedAtMs = Date.now();
  const { message } = await auth.challenge({ account });
  const signed = await sign(message, way);
  try {
    return await auth.signIn({ message, ...signed, label: thisDevice() });
  } catch (error) {
    if (!(error instanceof GatewayError) || error.isTransient) throw error;
    // The gateway refuses late and wrong signatures alike. Its own time may differ from this device's.
    throw Date.now() - askedAtMs > CHALLENGE_MS ? tooLate(error) : error;
  }
}
