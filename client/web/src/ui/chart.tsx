// Income and viewers over one time line, with the times on air behind them. uPlot draws; it is loaded with this.

import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../app/theme";
import { type Air, type Lines, type Range, readOutOf } from "../pages/earnings-data";

interface ChartProps {
  readonly lines: Lines;
  readonly air: Air;
  readonly by: Range["by"];
}

/** What is drawn, read anew at each drawing. */
interface Drawn {
  air: Air;
}

const HEIGHT_PX = 280;
/** Bars take so much of their bucket. */
const BAR_SHARE = 0.7;
const MAX_BAR_PX = 40;

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Bands behind the lines: when the stream was on air. */
function drawAir(chart: uPlot, air: Air): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.fillStyle = colour("--raised");
  for (const [fromS, toS] of air) {
    const from = Math.max(bbox.left, chart.valToPos(fromS, "x", true));
    const to = Math.min(bbox.left + bbox.width, chart.valToPos(toS, "x", true));
    if (to > from) ctx.fillRect(from, bbox.top, to - from, bbox.height);
  }
  ctx.restore();
}

function options(width: number, drawn: Drawn, onPoint: (at: number | null) => void): uPlot.Options {
  const ink = colour("--ink-3");
  const grid = { stroke: colour("--line"), width: 1 };
  const font = `12px ${colour("--font")}`;
  const axis = { stroke: ink, font, grid, ticks: { show: false } };
  const bars = uPlot.paths.bars?.({ size: [BAR_SHARE, MAX_BAR_PX] });
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
        label: "VLK a minute",
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
      drawClear: [(chart) => drawAir(chart, drawn.air)],
      setCursor: [(chart) => onPoint(chart.cursor.idx ?? null)],
    },
  };
}

const dataOf = (lines: Lines): uPlot.AlignedData => [[...lines.times], [...lines.perMinute], [...lines.viewers]];

export default function Chart({ lines, air, by }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const drawn = useRef<Drawn>({ air });
  drawn.current.air = air;
  /** The bucket under the cursor. */
  const [at, setAt] = useState<number | null>(null);
  const look = theme.value;
  // Made anew only for other colours: with new figures the cursor stays where it is.
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const made = new uPlot(options(parent.clientWidth, drawn.current, setAt), dataOf(lines), parent);
    chart.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height: HEIGHT_PX }));
    watcher.observe(parent);
    return () => {
      watcher.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [look]);
  useEffect(() => chart.current?.setData(dataOf(lines)), [lines, air]);
  return (
    <div class="chart">
      <p class="faint number one-line">{readOutOf(lines, at, by)}</p>
      <div ref={box} role="img" aria-label="Income a minute and viewers over time; the table below has the figures" />
    </div>
  );
}
