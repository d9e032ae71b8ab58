// The least that this gateway asks of a stream that it serves. It gives no publish key for others.

import { useLoaded } from "../components/use-loaded";
import { gateway } from "../gateway";

export interface GatewayTerms {
  /** Lowest price per second, in planck; at least the chain's. */
  readonly minPrice: bigint;
  /** Smallest share of the gateway, in millionths. */
  readonly minSharePpm: number;
}

const UNKNOWN: GatewayTerms = { minPrice: 1n, minSharePpm: 0 };

/** The terms of this gateway. Until they are known, everything is accepted: the gateway checks them, too. */
export function useGatewayTerms(): GatewayTerms {
  const { state } = useLoaded(() => gateway.info(), []);
  if (state.kind !== "ready") return UNKNOWN;
  const { min_price, min_share_ppm } = state.value;
  return { minPrice: BigInt(min_price), minSharePpm: min_share_ppm };
}
