// Who gets what of a second: the same arithmetic, in the same order, as the chain's. Every part is cut to whole planck.

import type { ChainParams, SplitShare } from "../chain";
import { PPM } from "../common/amounts";

/** The parts of an amount paid by viewers. */
export interface Parts {
  readonly protocol: bigint;
  readonly submitter: bigint;
  readonly gateway: bigint;
  readonly splits: readonly bigint[];
  /** What remains is the creator's. */
  readonly creator: bigint;
}

const part = (amount: bigint, ppm: number) => (amount * BigInt(ppm)) / BigInt(PPM);

/** Divides a gross amount. */
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
