// The devices that may spend from the deposit: what each has spent and can spend, and buttons to add, change and remove
// them. All limits that are shown here are enforced by the chain.

import { useState } from "preact/hooks";
import {
  chain,
  type Deposit,
  type DeviceKey,
  isGift,
  leftAt,
  mostPerSecond,
  mostToSpend,
  shortAddress,
} from "../chain";
import { least, vlk } from "../common/amounts";
import { KeyForm } from "../components/key-form";
import type { Pace } from "../components/key-limits";
import {
  blockAgo,
  blockTime,
  type CountedSession,
  type KeyState,
  keyState,
  removedText,
  renewalText,
  scopeText,
  setAsideBy,
  spentBy,
} from "../components/key-text";
import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { keyOf, useOwnKey, usePace } from "../components/use-own-key";
import { gateway } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { DeviceIcon, PhoneIcon, PlusIcon } from "../ui/icons";
import { Loading, Notice, Skeleton } from "../ui/states";

const BADGES: Readonly<Record<KeyState, readonly [className: string, text: string]>> = {
  active: ["badge badge-good", "Active"],
  spent: ["badge badge-bad", "Budget spent"],
  expired: ["badge badge-bad", "Expired"],
};

/** Name of a device for its owner. */
const nameOf = (key: DeviceKey) => key.label || "Unnamed device";

interface KeyDetailsProps {
  readonly device: DeviceKey;
  readonly pace: Pace;
  readonly sessions: readonly CountedSession[];
  readonly gatewayAccount: string | null;
}

/** The most that a key can spend, in a sentence: what the chain lets it reserve, and what its open sessions have. */
function Most({ device, pace, sessions }: Omit<KeyDetailsProps, "gatewayAccount">) {
  const until = blockTime(device.expiresAt, pace, Date.now());
  const most = mostToSpend(device, pace.best) + setAsideBy(device, sessions);
  if (keyState(device, pace.best) === "expired") return <p class="soft">You allowed it to spend until {until}.</p>;
  return (
    <p class="soft">
      You can spend at most <strong class="number">{vlk(most)}</strong> with it
      {until && ` until ${until}`}, and at most <span class="number">{vlk(mostPerSecond(device), 6)}</span> per second.
    </p>
  );
}

function Details({ device, pace, sessions, gatewayAccount }: KeyDetailsProps) {
  const nowMs = Date.now();
  const renewal = renewalText(device, pace, nowMs);
  const setAside = setAsideBy(device, sessions);
  return (
    <dl class="device-facts">
      <div>
        <dt>Spent so far</dt>
        <dd class="number">{vlk(spentBy(device, sessions))}</dd>
      </div>
      <div>
        <dt>Budget left</dt>
        <dd class="number">{vlk(leftAt(device.allowance, pace.best))}</dd>
        {renewal && <dd class="faint number">{renewal}</dd>}
      </div>
      <div>
        <dt>Highest price</dt>
        <dd class="number">{vlk(device.maxPricePerTick, 6)} / s</dd>
      </div>
      <div>
        <dt>Watching now</dt>
        <dd class="number">
          {device.openSessions} of at most {device.maxSessions}
        </dd>
        {setAside > 0n && <dd class="faint number">{vlk(setAside)} set aside for it</dd>}
      </div>
      <div>
        <dt>For</dt>
        <dd>{scopeText(device.scope, gatewayAccount)}</dd>
      </div>
      <div>
        <dt>Last used</dt>
        <dd>{blockAgo(device.usedAt, pace, nowMs)}</dd>
      </div>
    </dl>
  );
}

interface DeviceProps extends KeyDetailsProps {
  readonly isOwn: boolean;
  readonly onChange: () => void;
}

function Device(props: DeviceProps) {
  const { device, pace, isOwn, onChange } = props;
  const name = nameOf(device);
  const [badge, state] = BADGES[keyState(device, pace.best)];
  const remove = async () => {
    await chain.removeKey(device.address);
    // The number as it is now: a session may have been opened during the wallet's prompt.
    showDone(removedText(name, device.openSessions));
  };
  return (
    <li class="device" data-own={isOwn ? "" : undefined}>
      <span class="device-icon">{/Android|iPhone|iPad|phone/i.test(name) ? <PhoneIcon /> : <DeviceIcon />}</span>
      <div class="stack stack-none">
        <h3>{name}</h3>
        <span class="faint mono" title={device.address}>
          {shortAddress(device.address)}
        </span>
      </div>
      <div class="row device-badges">
        {isOwn && <span class="badge badge-accent">This browser</span>}
        <span class={badge}>{state}</span>
      </div>
      <div class="row device-actions">
        <button type="button" class="button button-small" aria-label={`Change ${name}`} onClick={onChange}>
          Change
        </button>
        <ActionButton
          class="button-small button-bad"
          label={`Remove ${name}`}
          busy="Sign in your wallet"
          onAction={remove}
        >
          Remove
        </ActionButton>
      </div>
      <Most {...props} />
      <Details {...props} />
    </li>
  );
}

/** Shown while this browser is not among the devices. */
function AddThisBrowser({ hasKey, onAdd }: { readonly hasKey: boolean; readonly onAdd: () => void }) {
  return (
    <Notice>
      <p>
        <strong>This browser cannot pay yet.</strong>{" "}
        {hasKey
          ? "It has a key, which is not among your devices: it was removed, or is from before devices had keys of their own. Add it again to watch here."
          : "Add it once, within limits of your choice, and watching needs no more prompts."}
      </p>
      <div>
        <button type="button" class="button button-main button-small" onClick={onAdd}>
          <PlusIcon />
          Add this browser
        </button>
      </div>
    </Notice>
  );
}

/** What all devices and gifts together can spend. */
function Total({ deposit, best }: { readonly deposit: Deposit; readonly best: number }) {
  const sum = deposit.keys.reduce((total, key) => total + mostToSpend(key, best), 0n);
  return (
    <p class="soft">
      Each device has a key of its own. All of them, and your gifts, can spend at most{" "}
      <strong class="number">{vlk(least(sum, deposit.free) + deposit.reserved)}</strong> of your deposit. The chain
      enforces every limit below.
    </p>
  );
}

interface DevicesProps {
  /** Undefined until the chain answers, null without a deposit. */
  readonly deposit: Deposit | null | undefined;
  readonly isKnown: boolean;
  readonly sessions: readonly CountedSession[];
}

type OpenDialog = { readonly changed: DeviceKey | null } | "remove-all" | null;

export function Devices({ deposit, isKnown, sessions }: DevicesProps) {
  const [open, setOpen] = useState<OpenDialog>(null);
  const ownKey = useOwnKey(deposit);
  const pace = usePace();
  const info = useLoaded(() => gateway.info(), []);
  const gatewayAccount = info.state.kind === "ready" ? info.state.value.account : null;
  const own = keyOf(deposit, ownKey);
  // This browser comes first, and then those used last.
  const devices = (deposit?.keys ?? [])
    .filter((key) => !isGift(key))
    .sort((a, b) => Number(b === own) - Number(a === own) || b.usedAt - a.usedAt);
  const isReady = isKnown && pace !== null && ownKey !== undefined;
  return (
    <section class="panel devices" aria-labelledby="devices">
      <div class="panel-head">
        <h2 id="devices">Devices</h2>
        {deposit && deposit.keys.length > 1 && (
          <button type="button" class="button button-small button-bad" onClick={() => setOpen("remove-all")}>
            Remove all
          </button>
        )}
      </div>
      {!isReady ? (
        <Loading label="Reading your devices">
          <Skeleton height={200} />
        </Loading>
      ) : !deposit ? (
        <p class="soft">
          None yet. With your first deposit you also decide what this browser may spend. Then it can open sessions
          without asking your wallet each time.
        </p>
      ) : (
        <>
          <Total deposit={deposit} best={pace.best} />
          {!own && <AddThisBrowser hasKey={ownKey !== null} onAdd={() => setOpen({ changed: null })} />}
          {devices.length > 0 && (
            <ul class="device-list">
              {devices.map((device) => (
                <Device
                  key={device.address}
                  device={device}
                  pace={pace}
                  sessions={sessions}
                  gatewayAccount={gatewayAccount}
                  isOwn={device === own}
                  onChange={() => setOpen({ changed: device })}
                />
              ))}
            </ul>
          )}
        </>
      )}
      {open === "remove-all" && <RemoveAll onClose={() => setOpen(null)} />}
      {open !== null && open !== "remove-all" && (
        <Dialog
          title={open.changed ? `Limits of ${nameOf(open.changed)}` : "Add this browser"}
          onClose={() => setOpen(null)}
        >
          <KeyForm changed={open.changed} onDone={() => setOpen(null)} />
        </Dialog>
      )}
    </section>
  );
}

/** Asks before all keys are removed: gifts end, too. */
function RemoveAll({ onClose }: { readonly onClose: () => void }) {
  const remove = async () => {
    await chain.removeAllKeys();
    showDone(removedText("Your devices and gifts", chain.money.peek()?.deposit?.openSessions ?? 0));
    onClose();
  };
  return (
    <Dialog title="Remove all devices and gifts?" onClose={onClose}>
      <p class="soft">
        None of them can open a session after that, as after the loss of a device. Gifts that you have given end, too.
        Your deposit stays yours, and you can add devices again.
      </p>
      <ActionButton class="button-bad button-wide" busy="Sign in your wallet" onAction={remove}>
        Remove all devices and gifts
      </ActionButton>
    </Dialog>
  );
}
