// What the signed-in person has spent: by day, month or creator, with every settlement below.

import { useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { vlk } from "../common/amounts";
import { ownTimeZone } from "../common/time-zone";
import { Person } from "../components/person";
import { RequireSignIn } from "../components/sign-in";
import { useLoaded } from "../components/use-loaded";
import { type SpendingBucket, type SpendingBy, type SpendingQuery, type Spending as Spent, spending } from "../gateway";
import { ActionButton } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { duration } from "../ui/format";
import { DownIcon, WalletIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { labelText, PERIODS, type PeriodName, periodOf } from "./periods";
import { saveAs } from "./save-file";
import { SpendingReceipts } from "./spending-receipts";
import "./spending.css";

const GROUPS: readonly { readonly value: SpendingBy; readonly text: string }[] = [
  { value: "day", text: "By day" },
  { value: "month", text: "By month" },
  { value: "creator", text: "By creator" },
];

/** The request for a period in this browser's time zone. */
function requestOf(by: SpendingBy, period: PeriodName): SpendingQuery {
  const tz = ownTimeZone();
  const { since, until } = periodOf(period, Date.now(), tz);
  return { by, tz, ...(since !== null && { since }), ...(until !== null && { until }) };
}

/** What a bucket cost: seconds and tips. */
export const sumOf = ({ paid, tips }: Pick<SpendingBucket, "paid" | "tips">) => BigInt(paid) + BigInt(tips);

/** The largest sum of a list. */
export function largestOf(buckets: readonly SpendingBucket[]): bigint {
  let largest = 0n;
  for (const sum of buckets.map(sumOf)) if (sum > largest) largest = sum;
  return largest;
}

/** Length of a bar, in percent of the longest. */
export function barPercent(sum: bigint, largest: bigint): number {
  return largest > 0n ? Number((sum * 1_000n) / largest) / 10 : 0;
}

function Totals({ spent }: { readonly spent: Spent }) {
  return (
    <dl class="figures">
      <div class="figure">
        <dt>Watched</dt>
        <dd>{duration(spent.total_seconds)}</dd>
        <dd class="figure-note">paid seconds</dd>
      </div>
      <div class="figure">
        <dt>Paid by the second</dt>
        <dd data-testid="total-paid" data-planck={spent.total_paid}>
          {vlk(BigInt(spent.total_paid))}
        </dd>
      </div>
      <div class="figure">
        <dt>Tips</dt>
        <dd>{vlk(BigInt(spent.total_tips))}</dd>
      </div>
    </dl>
  );
}

function Row({ bucket, largest }: { readonly bucket: SpendingBucket; readonly largest: bigint }) {
  const sum = sumOf(bucket);
  return (
    <tr>
      <th scope="row">
        {bucket.creator ? <Person person={bucket.creator} /> : labelText(bucket.label)}
        <span class="bar" aria-hidden="true" style={{ inlineSize: `${barPercent(sum, largest)}%` }} />
      </th>
      <td class="number">{duration(bucket.seconds)}</td>
      <td class="number">{vlk(BigInt(bucket.paid))}</td>
      <td class="number end">{vlk(BigInt(bucket.tips))}</td>
    </tr>
  );
}

interface BucketsProps {
  readonly spent: Spent;
  readonly by: SpendingBy;
}

function Buckets({ spent, by }: BucketsProps) {
  const largest = largestOf(spent.buckets);
  // Days and months are listed in their order by the gateway. The newest is the most interesting one.
  const buckets = by === "creator" ? spent.buckets : [...spent.buckets].reverse();
  return (
    <div class="table-wrap">
      <table class="table spending-table">
        <thead>
          <tr>
            <th scope="col">{by === "creator" ? "Creator" : by === "day" ? "Day" : "Month"}</th>
            <th scope="col">Watched</th>
            <th scope="col">Paid</th>
            <th scope="col" class="end">
              Tips
            </th>
          </tr>
        </thead>
        <tbody>
          {buckets.map((bucket) => (
            <Row key={bucket.creator?.account ?? bucket.label} bucket={bucket} largest={largest} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ChoiceProps {
  readonly by: SpendingBy;
  readonly period: PeriodName;
  readonly onBy: (by: SpendingBy) => void;
  readonly onPeriod: (period: PeriodName) => void;
}

function Choices({ by, period, onBy, onPeriod }: ChoiceProps) {
  return (
    <div class="stack stack-tight">
      <Chips label="Period">
        {PERIODS.map(({ value, text }) => (
          <Chip key={value} isOn={value === period} onPress={() => onPeriod(value)}>
            {text}
          </Chip>
        ))}
      </Chips>
      <Chips label="Grouped by">
        {GROUPS.map(({ value, text }) => (
          <Chip key={value} isOn={value === by} onPress={() => onBy(value)}>
            {text}
          </Chip>
        ))}
      </Chips>
    </div>
  );
}

function Contents() {
  const [by, setBy] = useState<SpendingBy>("day");
  const [period, setPeriod] = useState<PeriodName>("this-month");
  const { state, reload } = useLoaded(
    async (signal) => ({ by, spent: await spending.of(requestOf(by, period), signal) }),
    [by, period],
  );
  const save = () => saveAs(`vilokanam-spending-${period}-by-${by}.csv`, () => spending.csv(requestOf(by, period)));
  return (
    <>
      <Choices by={by} period={period} onBy={setBy} onPeriod={setPeriod} />
      {state.kind === "loading" && (
        <Loading label="Loading your spending">
          <Skeleton height={100} />
          <Skeleton height={300} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && (
        <>
          <Totals spent={state.value.spent} />
          <section class="panel" aria-labelledby="spent">
            <div class="panel-head">
              <h2 id="spent">Spending</h2>
              <ActionButton class="button-small" onAction={save}>
                <DownIcon />
                Download as CSV
              </ActionButton>
            </div>
            {state.value.spent.buckets.length > 0 ? (
              <Buckets spent={state.value.spent} by={state.value.by} />
            ) : (
              <Empty icon={<WalletIcon />} title="Nothing was spent in this period" />
            )}
            <p class="faint">Days begin at midnight in {ownTimeZone()}. Only what is settled on chain is counted.</p>
          </section>
          <SpendingReceipts />
        </>
      )}
    </>
  );
}

export default function SpendingPage() {
  useTitle("Spending");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Spending</h1>
          <p>What you have paid by the second, and what you have given.</p>
        </div>
        <a class="button" href="/me/tips">
          Tips
        </a>
      </div>
      <RequireSignIn why="Only you can see what you spend. Sign in with the account that pays.">
        {({ account }) => <Contents key={account} />}
      </RequireSignIn>
    </div>
  );
}
