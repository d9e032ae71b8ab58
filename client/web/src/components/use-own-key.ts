// This browser's session key, and the pace of blocks, for components about keys.

import { useEffect, useState } from "preact/hooks";
import { chain, type Deposit, type DeviceKey, wallet } from "../chain";
import type { Pace } from "./key-limits";
import { showError } from "./toasts";
import { useChainParams } from "./use-chain-params";

/**
 * The address of this browser's session key: null if it has none, undefined until known. It is read again whenever the
 * number of keys changes, since the key is made when it is first needed.
 */
export function useOwnKey(deposit: Deposit | null | undefined): string | null | undefined {
  const address = wallet.account.value?.address;
  const [known, setKnown] = useState<{ readonly of: string; readonly key: string | null } | null>(null);
  useEffect(() => {
    if (!address) return;
    let isMounted = true;
    chain.ownSessionKey(address).then((key) => isMounted && setKnown({ of: address, key }), showError);
    return () => {
      isMounted = false;
    };
  }, [address, deposit?.keys.length]);
  return known && known.of === address ? known.key : undefined;
}

/** The entry of a key with this address; null if the deposit has none. */
export function keyOf(deposit: Deposit | null | undefined, address: string | null | undefined): DeviceKey | null {
  return deposit?.keys.find((key) => key.address === address) ?? null;
}

/** The best block and the time between blocks; null until known. */
export function usePace(): Pace | null {
  const params = useChainParams();
  const best = chain.heights.value?.best;
  return params === null || best === undefined ? null : { best, blockTimeMs: params.blockTimeMs };
}
