// A clock in the picture that a program can read: cells of black and white, which survive encoding and scaling. The
// numbers are milliseconds since 1970, so that publisher and viewer on one machine need no other clock.

/** Size of the picture that is published. */
export const PICTURE = { width: 640, height: 360 } as const;
/** Side of a cell in pixels of that picture. */
const CELL = 40;
const CELLS_PER_ROW = PICTURE.width / CELL;
const TIME_BITS = 24;
const CHECK_BITS = 8;
const BITS = TIME_BITS + CHECK_BITS;
/** Height of the clock. */
export const CLOCK_HEIGHT = (BITS / CELLS_PER_ROW) * CELL;
/** Times repeat after this many milliseconds, which is more than four hours. */
const PERIOD_MS = 2 ** TIME_BITS;
const BLACK = 16;
const WHITE = 235;
const MIDDLE = (BLACK + WHITE) / 2;
/** Part of a cell, from its middle, that is read: its edges are blurred. */
const READ_PART = 0.5;

function checkOf(time: number): number {
  return ((time & 255) + 3 * ((time >> 8) & 255) + 7 * ((time >> 16) & 255) + 85) & 255;
}

/** The cells of a time, the first bit first. */
export function cellsOf(timeMs: number): boolean[] {
  const time = timeMs % PERIOD_MS;
  const bits = [];
  for (let bit = TIME_BITS - 1; bit >= 0; bit--) bits.push(((time >> bit) & 1) === 1);
  for (let bit = CHECK_BITS - 1; bit >= 0; bit--) bits.push(((checkOf(time) >> bit) & 1) === 1);
  return bits;
}

/** Draws the clock into a picture of one byte per pixel. */
export function drawClock(picture: Uint8Array, timeMs: number): void {
  cellsOf(timeMs).forEach((isWhite, cell) => {
    const left = (cell % CELLS_PER_ROW) * CELL;
    const top = Math.floor(cell / CELLS_PER_ROW) * CELL;
    for (let y = top; y < top + CELL; y++) {
      const start = y * PICTURE.width + left;
      picture.fill(isWhite ? WHITE : BLACK, start, start + CELL);
    }
  });
}

/** A part of a picture: its edges as fractions of width and height. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where the cells are read, the first bit first. They scale with the picture. */
export function cellAreas(): Area[] {
  const [width, height] = [CELL / PICTURE.width, CELL / PICTURE.height];
  const edge = (1 - READ_PART) / 2;
  return Array.from({ length: BITS }, (_, cell) => {
    const left = ((cell % CELLS_PER_ROW) + edge) * width;
    const top = (Math.floor(cell / CELLS_PER_ROW) + edge) * height;
    return { left, top, right: left + READ_PART * width, bottom: top + READ_PART * height };
  });
}

/** The time that cells of this brightness show. Null if they are no clock, or two pictures at once. */
export function readClock(brightness: readonly number[]): number | null {
  const numberOf = (cells: readonly number[]) => cells.reduce((value, cell) => value * 2 + (cell > MIDDLE ? 1 : 0), 0);
  const time = numberOf(brightness.slice(0, TIME_BITS));
  return numberOf(brightness.slice(TIME_BITS)) === checkOf(time) ? time : null;
}

/** Milliseconds from the time in a picture to `nowMs`. */
export function delayOf(time: number, nowMs: number): number {
  return ((((nowMs % PERIOD_MS) - time) % PERIOD_MS) + PERIOD_MS) % PERIOD_MS;
}
