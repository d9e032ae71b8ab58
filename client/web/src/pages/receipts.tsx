// One session: what it cost, and every settlement of it with a link to its block.

import type { PageProps } from "../app/router";
import { useTitle } from "../app/title";
import { tellError } from "../app/toasts";
import { gateway, type Receipt } from "../gateway";
import { ActionButton } from "../ui/button";
import { BackIcon, ClockIcon } from "../ui/icons";
import { ReceiptTable } from "../ui/receipts";
import { Bones, Empty, Loading, Problem, useLoaded } from "../ui/states";
import { several, vlk } from "../ui/words";

const LIMIT = 50;

function Totals({ receipts }: { readonly receipts: readonly Receipt[] }) {
  const ticks = receipts.reduce((sum, receipt) => sum + receipt.ticks, 0);
  const paid = receipts.reduce((sum, receipt) => sum + BigInt(receipt.paid), 0n);
  return (
    <dl class="figures">
      <div class="figure">
        <dt>Paid</dt>
        <dd>{vlk(paid)}</dd>
      </div>
      <div class="figure">
        <dt>Watched</dt>
        <dd>{several(ticks, "second")}</dd>
      </div>
      <div class="figure">
        <dt>Settlements</dt>
        <dd>{receipts.length}</dd>
      </div>
    </dl>
  );
}

export default function Receipts({ params }: PageProps) {
  const session = params["session"] ?? "";
  useTitle("Receipts");
  const { state, again, set } = useLoaded((signal) => gateway.receipts(session, { limit: LIMIT }, signal), [session]);
  const more = async () => {
    if (state.kind !== "ready" || !state.value.next_cursor) return;
    const next = await gateway.receipts(session, { limit: LIMIT, cursor: state.value.next_cursor });
    set({ ...next, items: [...state.value.items, ...next.items] });
  };
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Receipts</h1>
          <p class="mono">{session}</p>
        </div>
        <a class="button" href="/wallet">
          <BackIcon />
          Wallet
        </a>
      </div>
      {state.kind === "loading" && (
        <Loading label="Loading receipts">
          <Bones height={100} />
          <Bones height={200} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem what={state.error.message} mend={state.error.mend} onRetry={again} />}
      {state.kind === "ready" && state.value.items.length === 0 && (
        <Empty icon={<ClockIcon />} title="Nothing is settled yet">
          Seconds are settled on chain about once a minute, and when the session ends.
        </Empty>
      )}
      {state.kind === "ready" && state.value.items.length > 0 && (
        <>
          <Totals receipts={state.value.items} />
          <section class="panel" aria-label="Settlements">
            <ReceiptTable receipts={state.value.items} />
          </section>
          {state.value.next_cursor && <ActionButton onAction={() => more().catch(tellError)}>Show more</ActionButton>}
        </>
      )}
    </div>
  );
}
