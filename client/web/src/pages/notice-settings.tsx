// What the person is told of, and on which ways; push messages of this browser; the mail address.

import { useState } from "preact/hooks";
import { ensureSignedIn } from "../account";
import { showDone, showError } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { type MailView, type Me, type NoticeKind, type NoticeSettings, type NoticeWays, notices } from "../gateway";
import { ActionButton } from "../ui/button";
import { Field } from "../ui/field";
import { Problem, Skeleton } from "../ui/states";
import { type PushState, pushState, turnPushOff, turnPushOn } from "./push";

const MAX_MAIL_CHARS = 254;
const CODE_DIGITS = 6;
const MAIL_REASON = "A mail address belongs to your account, so the wallet has to sign in.";

/** The kinds in the order in which they are shown. */
export const KINDS: readonly { readonly kind: NoticeKind; readonly text: string }[] = [
  { kind: "went-live", text: "A creator whom I follow is live" },
  { kind: "new-recording", text: "A creator whom I follow has a new recording" },
  { kind: "schedule-soon", text: "A broadcast that I want to be reminded of begins" },
  { kind: "reply", text: "Somebody answers my comment" },
  { kind: "spending-limit", text: "My spending limit is nearly reached" },
  { kind: "payout", text: "My earnings were paid out" },
  { kind: "moderated", text: "A moderator decides about something of mine" },
];

const WAYS: readonly { readonly way: keyof NoticeWays; readonly text: string }[] = [
  { way: "page", text: "Here" },
  { way: "push", text: "Push" },
  { way: "mail", text: "Mail" },
];

/** The settings with one choice changed. */
export function withWay(
  settings: NoticeSettings,
  kind: NoticeKind,
  way: keyof NoticeWays,
  isOn: boolean,
): NoticeSettings {
  return { ...settings, [kind]: { ...settings[kind], [way]: isOn } };
}

export function WaysTable() {
  const { state, reload, set } = useLoaded((signal) => notices.settings(signal), []);
  if (state.kind === "loading") return <Skeleton height={240} />;
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  const settings = state.value;
  // What was chosen is shown at once. If it cannot be saved, what is stored is read again.
  const choose = async (next: NoticeSettings) => {
    set(next);
    try {
      await notices.set(next);
    } catch (error) {
      showError(error);
      reload();
    }
  };
  return (
    <div class="table-wrap">
      <table class="table notice-ways">
        <thead>
          <tr>
            <th scope="col">Tell me when</th>
            {WAYS.map(({ way, text }) => (
              <th key={way} scope="col">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {KINDS.map(({ kind, text }) => (
            <tr key={kind}>
              <th scope="row">{text}</th>
              {WAYS.map(({ way, text: name }) => (
                <td key={way}>
                  <input
                    type="checkbox"
                    aria-label={`${text}: ${name}`}
                    checked={settings[kind][way]}
                    onChange={(event) => void choose(withWay(settings, kind, way, event.currentTarget.checked))}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const PUSH_TEXT: Readonly<Record<PushState, string>> = {
  on: "This browser shows notices, also while no page of this gateway is open.",
  off: "This browser can show notices while no page of this gateway is open.",
  unsupported: "This browser has no push messages. On an iPhone, add this page to the home screen first.",
  refused: "This browser does not allow messages of this page. Allow them in its settings for this site.",
};

export function PushPart() {
  const { state, reload, set } = useLoaded(() => pushState(), []);
  const now = state.kind === "ready" ? state.value : null;
  return (
    <section class="panel" aria-labelledby="push">
      <h2 id="push">Push messages in this browser</h2>
      {state.kind === "loading" && <Skeleton height={40} />}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {now && <p class="soft">{PUSH_TEXT[now]}</p>}
      {now === "off" && (
        <ActionButton class="button-main" busy="Confirm in the browser" onAction={async () => set(await turnPushOn())}>
          Turn on push messages
        </ActionButton>
      )}
      {now === "on" && (
        <ActionButton busy="Turning off" onAction={async () => set(await turnPushOff())}>
          Turn off push messages
        </ActionButton>
      )}
    </section>
  );
}

interface MailProps {
  readonly mail: MailView;
  readonly onChange: (mail: MailView) => void;
}

function MailCode({ mail, onChange }: MailProps) {
  const [code, setCode] = useState("");
  const verify = async () => {
    onChange(await notices.verifyMail(code.trim()));
    showDone("Your address is verified.");
  };
  return (
    <>
      <p class="soft">
        A code was sent to <span dir="auto">{mail.address}</span>. It is valid for fifteen minutes.
      </p>
      <Field label="Code from the mail" value={code} onInput={setCode} maxLength={CODE_DIGITS} isNumber />
      <div class="form-end">
        <ActionButton
          class="button-main"
          disabled={code.trim().length !== CODE_DIGITS}
          busy="One moment"
          onAction={verify}
        >
          Verify the address
        </ActionButton>
      </div>
    </>
  );
}

function MailForm({ mail, onChange }: MailProps) {
  const [address, setAddress] = useState("");
  const send = async () => onChange(await notices.setMail(address.trim()));
  const remove = async () => {
    await notices.removeMail();
    onChange({ is_offered: mail.is_offered, is_verified: false });
  };
  return (
    <>
      {mail.address !== undefined && mail.is_verified && (
        <p>
          Notices go to <strong dir="auto">{mail.address}</strong>.
        </p>
      )}
      {mail.address !== undefined && !mail.is_verified && <MailCode mail={mail} onChange={onChange} />}
      <Field
        label={mail.address === undefined ? "Mail address" : "Another address"}
        value={address}
        onInput={setAddress}
        maxLength={MAX_MAIL_CHARS}
        hint="Only this gateway knows it. It is used for notices, and for nothing else."
      />
      <div class="form-end">
        {mail.address !== undefined && (
          <ActionButton class="button-bad" busy="Removing" onAction={remove}>
            Remove the address
          </ActionButton>
        )}
        <ActionButton class="button-main" disabled={!address.includes("@")} busy="Sending" onAction={send}>
          Send a code
        </ActionButton>
      </div>
    </>
  );
}

function Mail() {
  const { state, reload, set } = useLoaded((signal) => notices.mail(signal), []);
  if (state.kind === "loading") return <Skeleton height={80} />;
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  if (!state.value.is_offered) return <p class="soft">This gateway sends no mail.</p>;
  return <MailForm mail={state.value} onChange={set} />;
}

export function MailPart({ who }: { readonly who: Me }) {
  return (
    <section class="panel" aria-labelledby="mail">
      <h2 id="mail">Mail</h2>
      {who.by === "wallet" ? (
        <Mail />
      ) : (
        <>
          <p class="soft">A mail address can be set by the account itself. Sign in with the wallet for that.</p>
          <ActionButton busy="Signing in" onAction={() => ensureSignedIn({ reason: MAIL_REASON, by: "wallet" })}>
            Sign in with the wallet
          </ActionButton>
        </>
      )}
    </section>
  );
}
