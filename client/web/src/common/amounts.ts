// Amounts of money as people read and write them. The chain counts planck; the pages show VLK.

/** Decimals of a VLK. */
export const VLK_DECIMALS = 12;
/** Planck in a VLK. */
export const PLANCK_PER_VLK = 10n ** BigInt(VLK_DECIMALS);
/** Unit symbol, shown after an amount. */
export const SYMBOL = "VLK";

/** Non-breaking spaces that separate groups of digits, here and in text copied from other programs. */
const GROUPING = /(\d)[\u202f\u2009\u00a0](?=\d)/g;

/** Thousands separated by commas, as in `1,000`, which could as well mean 1. */
const THOUSANDS = /^[1-9]\d{0,2}(,\d{3})+$/;

/** Millionths in a whole: the unit of shares on chain. */
export const PPM = 1_000_000;

/**
 * Formats an amount in VLK without the symbol: at most `maxDecimals` decimals, no trailing zeros. The rest is cut,
 * never rounded up: an amount that is shown as available must be available. An amount that would be cut to zero keeps
 * its first significant digit.
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

/** Formats an amount with its symbol: `0.002 VLK`. */
export function vlk(planck: bigint, maxDecimals = 4): string {
  return `${formatVlk(planck, maxDecimals)} ${SYMBOL}`;
}

/** Formats an amount for a text field: all decimals, no grouping. */
export function plainVlk(planck: bigint): string {
  return formatVlk(planck, VLK_DECIMALS).replace(GROUPING, "$1");
}

/**
 * Parses an amount in VLK: `1`, `0.002`, `,5`, or grouped as {@link formatVlk} writes it. Null if the text is not an
 * amount, is finer than a planck, or may have commas between its thousands.
 */
export function parseVlk(text: string): bigint | null {
  if (THOUSANDS.test(text.trim())) return null;
  const found = /^(\d*)(?:[.,](\d*))?$/.exec(text.trim().replace(GROUPING, "$1"));
  const whole = found?.[1] ?? "";
  const fraction = found?.[2] ?? "";
  if (!found || whole.length + fraction.length === 0 || whole.length > 15 || fraction.length > VLK_DECIMALS)
    return null;
  return BigInt(whole || "0") * PLANCK_PER_VLK + BigInt(fraction.padEnd(VLK_DECIMALS, "0"));
}

/** What is wrong with an amount as it was typed, with an example of one that fits; null if nothing is. */
export function vlkError(text: string, example: string): string | null {
  if (parseVlk(text) !== null) return null;
  const isGrouped = /\d[,.'’_\s]\d{3}(?!\d)/.test(text.trim());
  if (isGrouped) return "Write amounts without separators between thousands, and decimals with a point: 1000 or 1.5.";
  return `Enter an amount in ${SYMBOL}, for example ${example}.`;
}

/** The smaller of two amounts. */
export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** Converts a bigint to a number. Values above 2^53 - 1 become 2^53 - 1. */
export function toNumber(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}
