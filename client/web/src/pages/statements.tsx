// What a creator has earned in a month, day by day, as a table and as CSV.

import { useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { vlk } from "../common/amounts";
import { ownTimeZone } from "../common/time-zone";
import { RequireSignIn } from "../components/sign-in";
import { useLoaded } from "../components/use-loaded";
import { type Statement, spending } from "../gateway";
import { ActionButton } from "../ui/button";
import { duration } from "../ui/format";
import { ChartIcon, DownIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { labelText, lastMonths } from "./periods";
import { saveAs } from "./save-file";
import "./spending.css";

/** Number of months that can be chosen. */
const MONTHS = 24;

function Days({ statement }: { readonly statement: Statement }) {
  const currency = statement.fiat_currency;
  return (
    <div class="table-wrap">
      <table class="table spending-table">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Paid seconds</th>
            <th scope="col">Earned</th>
            <th scope="col" class={currency ? undefined : "end"}>
              Tips
            </th>
            {currency && (
              <th scope="col" class="end">
                {currency}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {statement.days.map((day) => (
            <tr key={day.day}>
              <th scope="row">{labelText(day.day)}</th>
              <td class="number">{day.seconds.toLocaleString()}</td>
              <td class="number">{vlk(BigInt(day.earned))}</td>
              <td class={currency ? "number" : "number end"}>{vlk(BigInt(day.tips))}</td>
              {currency && <td class="number end">{day.fiat ?? ""}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Totals({ statement }: { readonly statement: Statement }) {
  return (
    <dl class="figures">
      <div class="figure">
        <dt>Earned</dt>
        <dd>{vlk(BigInt(statement.total_earned))}</dd>
        <dd class="figure-note">{duration(statement.total_seconds)} watched</dd>
      </div>
      <div class="figure">
        <dt>Tips</dt>
        <dd>{vlk(BigInt(statement.total_tips))}</dd>
      </div>
      {statement.fiat_currency && statement.total_fiat && (
        <div class="figure">
          <dt>In {statement.fiat_currency}</dt>
          <dd>{statement.total_fiat}</dd>
          <dd class="figure-note">at the rate of this gateway's operator</dd>
        </div>
      )}
    </dl>
  );
}

function Contents() {
  const tz = ownTimeZone();
  const months = lastMonths(MONTHS, Date.now(), tz);
  const [month, setMonth] = useState(months[0] ?? "");
  const { state, reload } = useLoaded((signal) => spending.statement({ month, tz }, signal), [month]);
  return (
    <>
      <div class="row">
        <label class="field">
          <span class="field-label">Month</span>
          <select class="input" value={month} onChange={(event) => setMonth(event.currentTarget.value)}>
            {months.map((name) => (
              <option key={name} value={name}>
                {labelText(name)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {state.kind === "loading" && (
        <Loading label="Loading the statement">
          <Skeleton height={100} />
          <Skeleton height={300} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && (
        <>
          <Totals statement={state.value} />
          <section class="panel" aria-labelledby="days">
            <div class="panel-head">
              <h2 id="days">{labelText(state.value.month)}</h2>
              <ActionButton
                class="button-small"
                onAction={() => saveAs(`vilokanam-statement-${month}.csv`, () => spending.statementCsv({ month, tz }))}
              >
                <DownIcon />
                Download as CSV
              </ActionButton>
            </div>
            {state.value.days.length > 0 ? (
              <Days statement={state.value} />
            ) : (
              <Empty icon={<ChartIcon />} title="Nothing was earned in this month" />
            )}
            <p class="faint">Days begin at midnight in {tz}. Amounts are your part of what is settled on chain.</p>
          </section>
        </>
      )}
    </>
  );
}

export default function StatementsPage() {
  useTitle("Statements");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Statements</h1>
          <p>What your streams have earned, month by month, for your accounts.</p>
        </div>
        <a class="button" href="/studio/earnings">
          Earnings
        </a>
      </div>
      <RequireSignIn why="Statements belong to an account. Sign in with the one that earns.">
        {({ account }) => <Contents key={account} />}
      </RequireSignIn>
    </div>
  );
}
