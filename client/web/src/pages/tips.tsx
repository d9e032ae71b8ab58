// Tips that the signed-in person has given and received.

import { useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { vlk } from "../common/amounts";
import { Person } from "../components/person";
import { RequireSignIn } from "../components/sign-in";
import { usePagedList } from "../components/use-paged-list";
import { spending, type TipDirection, type TipView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { timeOf, whenOf } from "../ui/format";
import { GiftIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import "./spending.css";

const PAGE_LIMIT = 30;
const DIRECTIONS: readonly { readonly value: TipDirection; readonly text: string }[] = [
  { value: "given", text: "Given" },
  { value: "received", text: "Received" },
];

const idOf = ({ at, stream, person, amount, memo }: TipView) => [at, stream, person.account, amount, memo].join(" ");

function Table({ tips, direction }: { readonly tips: readonly TipView[]; readonly direction: TipDirection }) {
  return (
    <div class="table-wrap">
      <table class="table tips-table">
        <thead>
          <tr>
            <th scope="col">{direction === "given" ? "To" : "From"}</th>
            <th scope="col">When</th>
            <th scope="col">Message</th>
            <th scope="col" class="end">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {tips.map((tip) => (
            <tr key={idOf(tip)}>
              <td>
                <Person person={tip.person} />
              </td>
              <td title={timeOf(tip.at)}>
                {whenOf(tip.at)}
                <div>
                  <a class="link faint" href={`/watch/${tip.stream}`}>
                    Stream {tip.stream}
                  </a>
                </div>
              </td>
              <td class="tip-memo" dir="auto">
                {tip.memo}
              </td>
              <td class="number end">{vlk(BigInt(tip.amount))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TipList({ direction }: { readonly direction: TipDirection }) {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => spending.tips(direction, { limit: PAGE_LIMIT, ...(cursor && { cursor }) }, signal),
    idOf,
    [],
  );
  if (state.kind === "loading") {
    return (
      <Loading label="Loading tips">
        <Skeleton height={200} />
      </Loading>
    );
  }
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  if (items.length === 0) {
    return (
      <Empty
        icon={<GiftIcon />}
        title={direction === "given" ? "You have not given a tip yet" : "You have not received a tip yet"}
      >
        Tips go to the creator as a whole. They appear here when they are final.
      </Empty>
    );
  }
  return (
    <>
      <Table tips={items} direction={direction} />
      {hasMore && <ActionButton onAction={loadMore}>Show older tips</ActionButton>}
    </>
  );
}

function Contents() {
  const [direction, setDirection] = useState<TipDirection>("given");
  return (
    <section class="panel" aria-label="Tips">
      <Chips label="Direction">
        {DIRECTIONS.map(({ value, text }) => (
          <Chip key={value} isOn={value === direction} onPress={() => setDirection(value)}>
            {text}
          </Chip>
        ))}
      </Chips>
      <TipList key={direction} direction={direction} />
    </section>
  );
}

export default function TipsPage() {
  useTitle("Tips");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Tips</h1>
          <p>What you have given to creators, and what others have given to you.</p>
        </div>
        <a class="button" href="/me/spending">
          Spending
        </a>
      </div>
      <RequireSignIn why="Tips belong to an account. Sign in with the one that gives or receives them.">
        {({ account }) => <Contents key={account} />}
      </RequireSignIn>
    </div>
  );
}
