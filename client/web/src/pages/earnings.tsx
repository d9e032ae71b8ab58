// An account's earnings: unsettled, settled and withdrawable amounts, their history, and what each stream and session
// brought in.

import type { ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { chain } from "../chain";
import { vlk } from "../common/amounts";
import { ownTimeZone } from "../common/time-zone";
import { RequireWallet } from "../components/require-wallet";
import { showDone, showError } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { type AudienceHistory, type Earnings, gateway, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { duration, several } from "../ui/format";
import { DownIcon } from "../ui/icons";
import { Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";
import { type AirTimes, csvOf, type Lines, linesOf, loadAirTimes, RANGES, type Range, totalsOf } from "./earnings-data";
import { BucketTable, Conversion, StreamsTable, TopSessions } from "./earnings-tables";
import "./studio.css";

const REFRESH_EVERY_MS = 6_000;
/** Height of the chart including the read-out above it. */
const CHART_HEIGHT_PX = 308;
const MAX_STREAMS = 100;

interface EarningsData {
  readonly earnings: Earnings;
  readonly streams: readonly StreamView[];
  readonly audience: AudienceHistory;
  readonly toMs: number;
}

async function load(account: string, range: Range, signal: AbortSignal): Promise<EarningsData> {
  const toMs = Date.now();
  const query = { from: toMs - range.spanMs, to: toMs, by: range.by, tz: ownTimeZone() };
  const [earnings, audience, streams] = await Promise.all([
    gateway.earnings(account, query, signal),
    gateway.audience(account, query, signal),
    gateway.streams({ creator: account, limit: MAX_STREAMS }, signal),
  ]);
  return { earnings, audience, streams: streams.items, toMs };
}

/** Times on air of the streams. A stream that is on air now has no recording of that yet. */
function useAirTimes(streams: readonly StreamView[]): AirTimes {
  const [airTimes, setAirTimes] = useState<AirTimes>([]);
  const ids = streams.map(({ stream }) => stream);
  useEffect(() => {
    const controller = new AbortController();
    loadAirTimes(ids, controller.signal).then((loaded) => {
      if (!controller.signal.aborted) setAirTimes(loaded);
    }, showError);
    return () => controller.abort();
  }, [ids.join(" ")]);
  return airTimes;
}

type ChartComponent = ComponentType<{ lines: Lines; airTimes: AirTimes; by: Range["by"] }>;

/** The chart, which is loaded late; null until then. */
function useChart(): ChartComponent | null {
  const [chart, setChart] = useState<{ readonly Chart: ChartComponent } | null>(null);
  useEffect(() => {
    import("./earnings-chart").then((module) => setChart({ Chart: module.default }), showError);
  }, []);
  return chart?.Chart ?? null;
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function Figures({ earnings, streams }: { readonly earnings: Earnings; readonly streams: readonly StreamView[] }) {
  const viewers = streams.reduce((sum, stream) => sum + stream.viewers, 0);
  const withdrawable = chain.money.value?.earnings ?? BigInt(earnings.withdrawable);
  return (
    <dl class="figures">
      <div class="figure">
        <dt>Not settled yet</dt>
        <dd>{vlk(BigInt(earnings.pending_gross))}</dd>
        <dd class="figure-note">before shares, from {several(viewers, "viewer")}</dd>
      </div>
      <div class="figure">
        <dt>Settled</dt>
        <dd>{vlk(BigInt(earnings.settled))}</dd>
        <dd class="figure-note">your part, in total</dd>
      </div>
      <div class="figure">
        <dt>Available</dt>
        <dd data-testid="withdrawable" data-planck={String(withdrawable)}>
          {vlk(withdrawable)}
        </dd>
        <dd class="figure-note">
          <ActionButton
            class="button-small button-main"
            disabled={withdrawable === 0n}
            busy="Sign in your wallet"
            onAction={async () => {
              await chain.payout();
              showDone("Your earnings were paid out to your account.");
            }}
          >
            Withdraw
          </ActionButton>
        </dd>
      </div>
    </dl>
  );
}

interface TimelineProps {
  readonly data: EarningsData;
  readonly range: Range;
  readonly onRange: (range: Range) => void;
}

function Timeline({ data, range, onRange }: TimelineProps) {
  const Chart = useChart();
  const airTimes = useAirTimes(data.streams);
  const { buckets } = data.earnings;
  const lines = useMemo(() => linesOf(buckets, data.audience, range, data.toMs), [data, range]);
  const totals = totalsOf(buckets);
  return (
    <section class="panel" aria-labelledby="timeline">
      <div class="panel-head">
        <h2 id="timeline">Over time</h2>
        <Chips label="Range">
          {RANGES.map((choice) => (
            <Chip key={choice.value} isOn={choice.value === range.value} onPress={() => onRange(choice)}>
              {choice.text}
            </Chip>
          ))}
        </Chips>
      </div>
      <p class="legend">
        <span>VLK per minute</span>
        <span class="legend-viewers">Viewers</span>
        <span class="legend-air">On air</span>
      </p>
      {Chart ? <Chart lines={lines} airTimes={airTimes} by={range.by} /> : <Skeleton height={CHART_HEIGHT_PX} />}
      <dl class="figures">
        <div class="figure">
          <dt>Earned</dt>
          <dd>{vlk(totals.earned)}</dd>
        </div>
        <div class="figure">
          <dt>Tips</dt>
          <dd>{vlk(totals.tipped)}</dd>
        </div>
        <div class="figure">
          <dt>Paid seconds</dt>
          <dd>{totals.ticks.toLocaleString("en-GB")}</dd>
          <dd class="figure-note">{duration(totals.ticks)} watched</dd>
        </div>
        <Conversion audience={data.audience} />
      </dl>
      <BucketTable buckets={buckets} />
    </section>
  );
}

function AccountEarnings({ account }: { readonly account: string }) {
  const [range, setRange] = useState<Range>(RANGES[0]);
  const { state, reload } = useLoaded((signal) => load(account, range, signal), [account, range.value]);
  usePolling(reload, REFRESH_EVERY_MS);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading your earnings">
        <Skeleton height={120} />
        <Skeleton height={420} />
      </Loading>
    );
  }
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  const data = state.value;
  return (
    <>
      <Figures earnings={data.earnings} streams={data.streams} />
      <Timeline data={data} range={range} onRange={setRange} />
      <div class="row">
        <button
          type="button"
          class="button"
          onClick={() => download(`vilokanam-${range.value}.csv`, csvOf(data.earnings.buckets))}
        >
          <DownIcon />
          Download as CSV
        </button>
      </div>
      <StreamsTable streams={data.streams} />
      <TopSessions streams={data.streams} />
    </>
  );
}

export default function EarningsPage() {
  useTitle("Earnings");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Earnings</h1>
          <p>The chain divides each paid second when it is settled. You can withdraw your part at any time.</p>
        </div>
        <a class="button" href="/studio/statements">
          Statements
        </a>
      </div>
      <RequireWallet why="Earnings belong to an account. Connect the wallet that holds it.">
        {(account) => <AccountEarnings key={account} account={account} />}
      </RequireWallet>
    </div>
  );
}
