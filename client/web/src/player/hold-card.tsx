// What lies over a frozen picture: why no key was bought, and what would mend it. Nothing is paid while it is shown.

import type { ComponentChildren } from "preact";
import type { Hold, HoldReason, Purse } from "../pay";
import { ActionButton } from "../ui/button";
import { WalletList } from "../ui/wallet-menu";
import { vlk } from "../ui/words";
import type { LiveWish } from "./live-wish";
import type { Engine } from "./types";

interface HoldCardProps {
  readonly purse: Purse;
  readonly engine: Engine | null;
  /** Remembers that the viewer wants to go on from the newest picture. */
  readonly wish: LiveWish;
  readonly pricePerTick: bigint;
  readonly isLive: boolean;
  readonly onTopUp: () => void;
}

const TITLES: Readonly<Record<HoldReason, string>> = {
  consent: "Keep watching?",
  wallet: "Connect a wallet to go on",
  deposit: "Make your first deposit",
  delegation: "Set a limit for this browser",
  price: "This stream costs more than your limit",
  funds: "Your deposit is used up",
  allowance: "Your limit is reached",
  sessions: "Too many sessions are open",
  elsewhere: "You are watching this in another tab",
  block: "One moment",
  gateway: "Waiting for the gateway",
  chain: "Waiting for the chain",
  refused: "The gateway refused to sell this second",
  ended: "Your session has ended",
};

/** Reasons that a deposit or a limit mends. */
const MONEY: ReadonlySet<HoldReason> = new Set(["deposit", "delegation", "price", "funds", "allowance"]);
/** Reasons that go away by themselves, most of the time before anybody has read them. */
const PASSING: ReadonlySet<HoldReason> = new Set(["block", "gateway", "chain"]);
const MINUTE = 60n;

/** The two ways on: from the frozen picture, or from the newest one. */
function WaysOn({
  engine,
  wish,
  isLive,
  verb,
  onGo,
}: {
  engine: Engine | null;
  wish: LiveWish;
  isLive: boolean;
  verb: string;
  onGo: () => void;
}) {
  const canResume = !isLive || (engine?.canResume.value ?? true);
  const isBehind = isLive && (engine?.isBehind.value ?? false);
  return (
    <div class="hold-ways">
      <button
        type="button"
        class="button button-main"
        onClick={() => {
          wish.forget();
          onGo();
        }}
      >
        {isBehind && canResume ? `${verb} and resume where I stopped` : verb}
      </button>
      {isBehind && (
        <button
          type="button"
          class="button"
          onClick={() => {
            wish.make();
            onGo();
          }}
        >
          Jump to live
        </button>
      )}
    </div>
  );
}

function Consent({ purse, engine, wish, pricePerTick, isLive }: HoldCardProps) {
  return (
    <>
      <p>
        <strong class="number">{vlk(pricePerTick)}</strong> a second,{" "}
        <span class="number">{vlk(pricePerTick * MINUTE)}</span> a minute. You pay for what you see and stop whenever
        you like.
      </p>
      <WaysOn engine={engine} wish={wish} isLive={isLive} verb="Start paying" onGo={() => purse.start()} />
    </>
  );
}

function Actions({ hold, ...props }: HoldCardProps & { readonly hold: Hold }): ComponentChildren {
  const { purse, engine, wish, isLive, onTopUp } = props;
  if (hold.reason === "consent") return <Consent {...props} />;
  const words = (
    <p>
      {hold.what} {hold.mend}
    </p>
  );
  if (hold.reason === "wallet") {
    return (
      <>
        {words}
        <WalletList />
      </>
    );
  }
  if (MONEY.has(hold.reason)) {
    const verb = hold.reason === "funds" || hold.reason === "deposit" ? "Top up" : "Set a new limit";
    return (
      <>
        {words}
        <WaysOn
          engine={engine}
          wish={wish}
          isLive={isLive}
          verb={hold.reason === "deposit" ? "Make a deposit" : verb}
          onGo={onTopUp}
        />
      </>
    );
  }
  if (hold.reason === "elsewhere") {
    return (
      <>
        {words}
        <ActionButton class="button-main" onAction={() => purse.takeOver()}>
          Watch here instead
        </ActionButton>
      </>
    );
  }
  if (hold.reason === "sessions") {
    return (
      <>
        {words}
        <a class="button button-main" href="/wallet">
          Open sessions
        </a>
      </>
    );
  }
  if (hold.reason === "ended") {
    return (
      <>
        {words}
        <WaysOn engine={engine} wish={wish} isLive={isLive} verb="Start again" onGo={() => purse.start()} />
      </>
    );
  }
  return words;
}

export function HoldCard(props: HoldCardProps) {
  const hold = props.purse.hold.value;
  if (!hold) return null;
  const isPassing = PASSING.has(hold.reason);
  return (
    <div class={isPassing ? "player-middle" : "player-middle player-veil"} role={isPassing ? "status" : "alert"}>
      <div class="hold-card" data-reason={hold.reason}>
        <h2>
          {isPassing && <span class="spinner" />} {TITLES[hold.reason]}
        </h2>
        <Actions {...props} hold={hold} />
        <p class="faint">The clock stands still: nothing is paid while the picture does.</p>
      </div>
    </div>
  );
}
