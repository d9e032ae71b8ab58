// Leaderboards: who has tipped most, and who has watched longest.

import { useState } from "preact/hooks";
import { vlk } from "../common/amounts";
import { type LeaderKind, type LeaderPeriod, type LeaderView, people } from "../gateway";
import { Chip, Chips } from "../ui/chips";
import { duration } from "../ui/format";
import { Loading, Problem, Skeleton } from "../ui/states";
import { Person } from "./person";
import { useLoaded } from "./use-loaded";
import "./leaderboard.css";

const KINDS: readonly { readonly value: LeaderKind; readonly text: string }[] = [
  { value: "tippers", text: "Tips" },
  { value: "watchers", text: "Watch time" },
];

const PERIODS: readonly { readonly value: LeaderPeriod; readonly text: string }[] = [
  { value: "hour", text: "Hour" },
  { value: "day", text: "Day" },
  { value: "week", text: "Week" },
  { value: "month", text: "Month" },
];

/** What a place was reached with: an amount, or a time. */
export function scoreOf({ amount, seconds }: LeaderView): string {
  return amount != null ? vlk(BigInt(amount)) : duration(seconds ?? 0);
}

function Places({ leaders }: { readonly leaders: readonly LeaderView[] }) {
  if (leaders.length === 0) {
    return <p class="soft">Nobody is listed for this period. People who do not want to be listed are left out.</p>;
  }
  return (
    <ol class="leaders">
      {leaders.map((leader) => (
        <li key={leader.person.account} class="leader">
          <span class="leader-rank number">{leader.rank}</span>
          <Person person={leader.person} />
          <strong class="number push">{scoreOf(leader)}</strong>
        </li>
      ))}
    </ol>
  );
}

interface LeaderboardProps {
  /** Number of a stream; all streams if absent. */
  readonly stream?: string;
}

export function Leaderboard({ stream }: LeaderboardProps) {
  const [kind, setKind] = useState<LeaderKind>("tippers");
  const [period, setPeriod] = useState<LeaderPeriod>("week");
  const query = { kind, period, ...(stream !== undefined && { stream }) };
  const { state, reload } = useLoaded((signal) => people.leaders(query, signal), [kind, period, stream]);
  return (
    <div class="stack leaderboard">
      <div class="row">
        <Chips label="Ranked by">
          {KINDS.map(({ value, text }) => (
            <Chip key={value} isOn={value === kind} onPress={() => setKind(value)}>
              {text}
            </Chip>
          ))}
        </Chips>
        <Chips label="Period">
          {PERIODS.map(({ value, text }) => (
            <Chip key={value} isOn={value === period} onPress={() => setPeriod(value)}>
              {text}
            </Chip>
          ))}
        </Chips>
      </div>
      {state.kind === "loading" && (
        <Loading label="Loading the leaderboard">
          <Skeleton height={240} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && <Places leaders={state.value} />}
    </div>
  );
}
