// The chain's parameters, for the forms that need them.

import { useEffect, useState } from "preact/hooks";
import { tellError } from "../app/toasts";
import { type ChainParams, chain } from "../chain";

/** The chain's parameters; null until it answers. When no node did, they are asked for again once one does. */
export function useParams(): ChainParams | null {
  const [params, setParams] = useState<ChainParams | null>(null);
  const isReady = chain.status.value.kind === "ready";
  useEffect(() => {
    if (params === null) chain.params().then(setParams, tellError);
  }, [isReady]);
  return params;
}
