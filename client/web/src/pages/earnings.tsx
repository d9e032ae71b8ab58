// What an account earns: now, settled, to be withdrawn; over time; by session; and where it goes.

import type { ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { tellDone, tellError } from "../app/toasts";
import { chain } from "../chain";
import { type AudienceHistory, type Earnings, gateway, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { DownIcon } from "../ui/icons";
import { RequireWallet } from "../ui/require-wallet";
import { Bones, Loading, Problem, useLoaded, usePolling } from "../ui/states";
import { duration, several, vlk } from "../ui/words";
import { type Air, airOf, csvOf, type Lines, linesOf, RANGES, type Range, sumsOf } from "./earnings-data";
import { BucketTable, Conversion, StreamsTable, TopSessions } from "./earnings-tables";
import "./studio.css";

const LOOK_EVERY_MS = 6_000;
/** With the line above it. */
const CHART_HEIGHT_PX = 308;
const MAX_STREAMS = 100;
const MAX_RECORDINGS = 100;

interface Loaded {
  readonly earnings: Earnings;
  readonly streams: readonly StreamView[];
  /** Null when the gateway does not count. */
  readonly audience: AudienceHistory | null;
  readonly toMs: number;
}

async function load(account: string, range: Range, signal: AbortSignal): Promise<Loaded> {
  const toMs = Date.now();
  const query = { from: toMs - range.spanMs, to: toMs, by: range.by };
  const [earnings, audience, streams] = await Promise.all([
    gateway.earnings(account, query, signal),
    gateway.audience(account, query, signal),
    gateway.streams({ creator: account, limit: MAX_STREAMS }, signal),
  ]);
  return { earnings, audience, streams: streams.items, toMs };
}

/** When the account's streams were on air, as far as recordings tell; a stream on air now has none yet. */
function useAir(streams: readonly StreamView[]): Air {
  const [air, setAir] = useState<Air>([]);
  const ids = streams.map(({ stream }) => stream).join(" ");
  useEffect(() => {
    const calling = new AbortController();
    const asked = ids.split(" ").filter((id) => id !== "");
    const all = asked.map((id) => gateway.recordings(id, { limit: MAX_RECORDINGS }, calling.signal));
    Promise.allSettled(all).then((answers) => {
      if (calling.signal.aborted) return;
      setAir(answers.flatMap((answer) => (answer.status === "fulfilled" ? airOf(answer.value.items) : [])));
    }, tellError);
    return () => calling.abort();
  }, [ids]);
  return air;
}

type ChartComponent = ComponentType<{ lines: Lines; air: Air; by: Range["by"] }>;

function useChart(): ChartComponent | null {
  const [chart, setChart] = useState<{ readonly Chart: ChartComponent } | null>(null);
  useEffect(() => {
    import("../ui/chart").then((module) => setChart({ Chart: module.default }), tellError);
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
        <dt>Now, not settled yet</dt>
        <dd>{vlk(BigInt(earnings.pending_gross))}</dd>
        <dd class="figure-note">before shares, from {several(viewers, "viewer")}</dd>
      </div>
      <div class="figure">
        <dt>Settled</dt>
        <dd>{vlk(BigInt(earnings.settled))}</dd>
        <dd class="figure-note">ever, in your favour</dd>
      </div>
      <div class="figure">
        <dt>To withdraw</dt>
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
              tellDone("Your earnings are in your account.");
            }}
          >
            Withdraw
          </ActionButton>
        </dd>
      </div>
    </dl>
  );
}

function Timeline({
  loaded,
  range,
  onRange,
}: {
  readonly loaded: Loaded;
  readonly range: Range;
  readonly onRange: (range: Range) => void;
}) {
  const Chart = useChart();
  const air = useAir(loaded.streams);
  const { buckets } = loaded.earnings;
  const lines = useMemo(() => linesOf(buckets, loaded.audience, range, loaded.toMs), [loaded, range]);
  const sums = sumsOf(buckets);
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
        <span>VLK a minute</span>
        <span class="legend-viewers">Viewers</span>
        <span class="legend-air">On air</span>
      </p>
      {Chart ? <Chart lines={lines} air={air} by={range.by} /> : <Bones height={CHART_HEIGHT_PX} />}
      <dl class="figures">
        <div class="figure">
          <dt>Earned</dt>
          <dd>{vlk(sums.earned)}</dd>
        </div>
        <div class="figure">
          <dt>Tips</dt>
          <dd>{vlk(sums.tipped)}</dd>
        </div>
        <div class="figure">
          <dt>Paid seconds</dt>
          <dd>{sums.ticks.toLocaleString("en-GB")}</dd>
          <dd class="figure-note">{duration(sums.ticks)} of watching</dd>
        </div>
        {loaded.audience && <Conversion audience={loaded.audience} />}
      </dl>
      <BucketTable buckets={buckets} />
    </section>
  );
}

function Account({ account }: { readonly account: string }) {
  const [range, setRange] = useState<Range>(RANGES[0]);
  const { state, again } = useLoaded((signal) => load(account, range, signal), [account, range.value]);
  usePolling(again, LOOK_EVERY_MS);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading your earnings">
        <Bones height={120} />
        <Bones height={420} />
      </Loading>
    );
  }
  if (state.kind === "failed") return <Problem what={state.error.message} mend={state.error.mend} onRetry={again} />;
  const loaded = state.value;
  return (
    <>
      <Figures earnings={loaded.earnings} streams={loaded.streams} />
      <Timeline loaded={loaded} range={range} onRange={setRange} />
      <div class="row">
        <button
          type="button"
          class="button"
          onClick={() => download(`vilokanam-${range.value}.csv`, csvOf(loaded.earnings.buckets))}
        >
          <DownIcon />
          Download as CSV
        </button>
      </div>
      <StreamsTable streams={loaded.streams} />
      <TopSessions streams={loaded.streams} />
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
          <p>Each paid second, divided by the chain when it is settled. Withdraw whenever you like.</p>
        </div>
      </div>
      <RequireWallet why="Earnings belong to an account: connect the wallet that holds it.">
        {(account) => <Account key={account} account={account} />}
      </RequireWallet>
    </div>
  );
}
