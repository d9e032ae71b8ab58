// How the chain divides what viewers pay. The same calculation, in the same order: every part is rounded down to whole
// planck.

import type { ChainParams, SplitShare } from "../chain";
import { PPM } from "../common/amounts";

/** The parts of an amount paid by viewers. */
export interface Parts {
  readonly protocol: bigint;
  readonly submitter: bigint;
  readonly gateway: bigint;
  readonly splits: readonly bigint[];
  /** The rest. */
  readonly creator: bigint;
}

const part = (amount: bigint, ppm: number) => (amount * BigInt(ppm)) / BigInt(PPM);

/** Divides an amount paid by viewers. */
export function partsOf(
  gross: bigint,
  params: ChainParams,
  gatewaySharePpm: number,
  splits: readonly SplitShare[],
): Parts {
  const protocol = part(gross, params.protocolFeePpm);
  const submitter = part(gross, params.submitterSharePpm);
  const afterFees = gross - protocol - submitter;
  const gateway = part(afterFees, gatewaySharePpm);
  const shared = afterFees - gateway;
  const shares = splits.map((split) => part(shared, split.sharePpm));
  const creator = shares.reduce((rest, share) => rest - share, shared);
  return { protocol, submitter, gateway, splits: shares, creator };
}
