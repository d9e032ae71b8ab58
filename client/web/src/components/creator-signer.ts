// The chosen account of the wallet, as the signer of requests about its own streams.

import { wallet } from "../chain";
import { UserError } from "../common/errors";
import type { CreatorSigner } from "../gateway";

/** @throws UserError if no account is chosen. */
export function creatorSigner(): CreatorSigner {
  const account = wallet.account.peek();
  if (!account) {
    const hint = "Connect a wallet and choose the account that created the stream.";
    throw new UserError("no-account", "No account is chosen.", hint);
  }
  return { address: account.address, signBytes: (bytes) => wallet.signBytes(bytes) };
}
