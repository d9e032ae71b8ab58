// The chart of income and viewers over time, with the times on air in the background. Loaded together with uPlot, which
// draws it.

import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../app/theme";
import { type AirTimes, type Lines, type Range, readOutOf } from "./earnings-data";

interface ChartProps {
  readonly lines: Lines;
  readonly airTimes: AirTimes;
  readonly by: Range["by"];
}

/** Data that is read at each drawing. */
interface DrawingData {
  airTimes: AirTimes;
}

const HEIGHT_PX = 280;
/** Width of a bar as a fraction of its period. */
const BAR_FRACTION = 0.7;
const MAX_BAR_PX = 40;

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Draws a band behind the lines for each time on air. */
function drawAirTimes(chart: uPlot, airTimes: AirTimes): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.fillStyle = colour("--raised");
  for (const [fromS, toS] of airTimes) {
    const from = Math.max(bbox.left, chart.valToPos(fromS, "x", true));
    const to = Math.min(bbox.left + bbox.width, chart.valToPos(toS, "x", true));
    if (to > from) ctx.fillRect(from, bbox.top, to - from, bbox.height);
  }
  ctx.restore();
}

function options(width: number, data: DrawingData, onCursor: (at: number | null) => void): uPlot.Options {
  const ink = colour("--ink-3");
  const grid = { stroke: colour("--line"), width: 1 };
  const font = `12px ${colour("--font")}`;
  const axis = { stroke: ink, font, grid, ticks: { show: false } };
  const bars = uPlot.paths.bars?.({ size: [BAR_FRACTION, MAX_BAR_PX] });
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { y: false },
    scales: {
      vlk: { range: (_, __, max) => [0, max > 0 ? max * 1.15 : 1] },
      viewers: { range: (_, __, max) => [0, Math.max(2, max * 1.15)] },
    },
    axes: [
      { ...axis, grid: { show: false } },
      {
        ...axis,
        scale: "vlk",
        size: 62,
        values: (_, values) => values.map((value) => String(Number(value.toPrecision(3)))),
      },
      { ...axis, scale: "viewers", side: 1, size: 40, grid: { show: false } },
    ],
    series: [
      {},
      {
        label: "VLK per minute",
        scale: "vlk",
        fill: colour("--accent"),
        stroke: colour("--accent"),
        width: 0,
        ...(bars && { paths: bars }),
        points: { show: false },
      },
      { label: "Viewers", scale: "viewers", stroke: colour("--good"), width: 2, points: { show: false } },
    ],
    hooks: {
      drawClear: [(chart) => drawAirTimes(chart, data.airTimes)],
      setCursor: [(chart) => onCursor(chart.cursor.idx ?? null)],
    },
  };
}

const dataOf = (lines: Lines): uPlot.AlignedData => [[...lines.times], [...lines.perMinute], [...lines.viewers]];

export default function EarningsChart({ lines, airTimes, by }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const data = useRef<DrawingData>({ airTimes });
  data.current.airTimes = airTimes;
  /** Index of the period under the cursor. */
  const [at, setAt] = useState<number | null>(null);
  const colours = theme.value;
  // Made again only for other colours: with new values the cursor stays where it is.
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const made = new uPlot(options(parent.clientWidth, data.current, setAt), dataOf(lines), parent);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height: HEIGHT_PX }));
    observer.observe(parent);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [colours]);
  useEffect(() => chart.current?.setData(dataOf(lines)), [lines, airTimes]);
  return (
    <div class="chart">
      <p class="faint number one-line">{readOutOf(lines, at, by)}</p>
      <div ref={box} role="img" aria-label="Income per minute and viewers over time; the table below has the figures" />
    </div>
  );
}
