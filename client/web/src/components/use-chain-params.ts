// The chain's parameters, for forms that need them.

import { useEffect, useState } from "preact/hooks";
import { type ChainParams, chain } from "../chain";
import { showError } from "./toasts";

/** The chain's parameters; null until known. If no node answers, they are requested again when one does. */
export function useChainParams(): ChainParams | null {
  const [params, setParams] = useState<ChainParams | null>(null);
  const isReady = chain.status.value.kind === "ready";
  useEffect(() => {
    if (params === null) chain.params().then(setParams, showError);
  }, [isReady]);
  return params;
}
