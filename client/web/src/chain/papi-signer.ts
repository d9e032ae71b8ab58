// The chosen account of the wallet, in the form in which the chain library has it sign. Loaded together with that library.

import { getPolkadotSignerFromPjs } from "polkadot-api/pjs-signer";
import { cannotSign, type WalletSigner } from "./wallet";

export type PapiSigner = ReturnType<typeof getPolkadotSignerFromPjs>;

/** @throws UserError if the wallet signs no transactions. */
export function papiSigner({ address, name, wallet }: WalletSigner): PapiSigner {
  const { signPayload, signRaw } = wallet.signer;
  if (!signPayload) throw cannotSign(name);
  return getPolkadotSignerFromPjs(
    address,
    (payload) => signPayload.call(wallet.signer, payload),
    (payload) => (signRaw ? signRaw.call(wallet.signer, payload) : Promise.reject(cannotSign(name))),
  );
}
