// Money as people read it: planck are the chain's unit, VLK what is shown.

/** Decimals of a VLK. */
export const VLK_DECIMALS = 12;
/** Planck in a VLK. */
export const PLANCK_PER_VLK = 10n ** BigInt(VLK_DECIMALS);
/** The symbol that stands behind an amount. */
export const SYMBOL = "VLK";

/** What stands between the digits of large amounts, here and in other programs: narrow, thin and other spaces at which no
 * line ends. */
const GROUPING = /(\d)[\u202f\u2009\u00a0](?=\d)/g;

/** Millionths: how shares are written on chain. */
export const PPM = 1_000_000;

/**
 * An amount in VLK without the symbol: at most `maxDecimals` decimals, cut (never rounded up, for what is shown must be
 * there), no trailing zeros. An amount that would be cut to nothing keeps its first digit.
 */
export function formatVlk(planck: bigint, maxDecimals = 4): string {
  const sign = planck < 0n ? "-" : "";
  const digits = (planck < 0n ? -planck : planck).toString().padStart(VLK_DECIMALS + 1, "0");
  const whole = digits.slice(0, -VLK_DECIMALS);
  const fraction = digits.slice(-VLK_DECIMALS);
  const firstDigit = fraction.search(/[1-9]/);
  const needed = whole === "0" && firstDigit >= maxDecimals ? firstDigit + 1 : maxDecimals;
  const shown = fraction.slice(0, needed).replace(/0+$/, "");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return shown === "" ? `${sign}${grouped}` : `${sign}${grouped}.${shown}`;
}

/** An amount in VLK as it stands in a field: in full, and without groups. */
export function plainVlk(planck: bigint): string {
  return formatVlk(planck, VLK_DECIMALS).replace(GROUPING, "$1");
}

/** Reads an amount in VLK as people write it, `1`, `0.002` or `,5`, or as it is shown here, in groups; null when it is not
 * one, or finer than a planck. */
export function parseVlk(text: string): bigint | null {
  const found = /^(\d*)(?:[.,](\d*))?$/.exec(text.trim().replace(GROUPING, "$1"));
  const whole = found?.[1] ?? "";
  const fraction = found?.[2] ?? "";
  if (!found || whole.length + fraction.length === 0 || whole.length > 15 || fraction.length > VLK_DECIMALS)
    return null;
  return BigInt(whole || "0") * PLANCK_PER_VLK + BigInt(fraction.padEnd(VLK_DECIMALS, "0"));
}

/** The smaller of two amounts. */
export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** A bigint as a number, for what is small by its nature: anything above 2^53 becomes 2^53 - 1. */
export function toNumber(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}
