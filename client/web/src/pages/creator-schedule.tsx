// What a creator has announced. Viewers can be reminded, and the creator can announce and cancel.

import { useState } from "preact/hooks";
import { ensureSignedIn, me } from "../account";
import { titleOf } from "../components/stream-card";
import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { gateway, people, type ScheduleEntry, type StreamView } from "../gateway";
import { ActionButton, useAction } from "../ui/button";
import { Field } from "../ui/field";
import { duration } from "../ui/format";
import { ClockIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { draftErrors, entryOf, NEW_ENTRY, type ScheduleDraft } from "./schedule-draft";

const MAX_STREAMS = 100;
const MAX_TITLE_CHARS = 120;
const CREATOR_NEED = { reason: "Only the creator can change a schedule.", by: "wallet" } as const;

const times = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});

interface EntryProps {
  readonly entry: ScheduleEntry;
  readonly isOwn: boolean;
  readonly onChange: () => void;
}

function Reminder({ entry, onChange }: Omit<EntryProps, "isOwn">) {
  const isOn = entry.is_reminded_me ?? false;
  return (
    <ActionButton
      class="button-small"
      label={isOn ? `Do not remind me of ${entry.title}` : `Remind me of ${entry.title}`}
      onAction={async () => {
        await ensureSignedIn({ reason: "Reminders belong to your account." });
        await people.remind(entry.id, !isOn);
        if (!isOn) showDone("You will be reminded before it begins.");
        onChange();
      }}
    >
      {isOn ? "Reminder is on" : "Remind me"}
    </ActionButton>
  );
}

function Entry({ entry, isOwn, onChange }: EntryProps) {
  const cancel = async () => {
    await ensureSignedIn(CREATOR_NEED);
    await people.cancel(entry.id);
    showDone("The broadcast was taken off the schedule.");
    onChange();
  };
  return (
    <li class="schedule-entry">
      <div class="schedule-when">
        <time dateTime={entry.starts_at}>{times.format(new Date(entry.starts_at))}</time>
        <div class="faint">{duration(entry.minutes * 60)}</div>
      </div>
      <div class="schedule-what">
        <strong dir="auto">{entry.title}</strong>
        {entry.stream != null && (
          <div>
            <a class="link faint" href={`/watch/${entry.stream}`}>
              Stream {entry.stream}
            </a>
          </div>
        )}
      </div>
      {isOwn ? (
        <ActionButton class="button-small button-bad" label={`Cancel ${entry.title}`} onAction={cancel}>
          Cancel
        </ActionButton>
      ) : (
        <Reminder entry={entry} onChange={onChange} />
      )}
    </li>
  );
}

interface StartFieldProps {
  readonly value: string;
  readonly error: string | null;
  readonly onInput: (value: string) => void;
}

function StartField({ value, error, onInput }: StartFieldProps) {
  return (
    <div class="field">
      <label for="schedule-start">Begins at</label>
      <input
        id="schedule-start"
        type="datetime-local"
        class="input"
        value={value}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={error ? "schedule-start-error" : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {error && (
        <p class="field-error" id="schedule-start-error">
          {error}
        </p>
      )}
    </div>
  );
}

function StreamField({ account, value, onInput }: StreamFieldProps) {
  const { state } = useLoaded((signal) => gateway.streams({ creator: account, limit: MAX_STREAMS }, signal), [account]);
  const streams: readonly StreamView[] = state.kind === "ready" ? state.value.items : [];
  return (
    <label class="field">
      <span class="field-label">Stream</span>
      <select class="input" value={value} onChange={(event) => onInput(event.currentTarget.value)}>
        <option value="">Not decided yet</option>
        {streams.map((stream) => (
          <option key={stream.stream} value={stream.stream}>
            {titleOf(stream)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface StreamFieldProps {
  readonly account: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

function AnnounceForm({ account, onDone }: { readonly account: string; readonly onDone: () => void }) {
  const [draft, setDraft] = useState<ScheduleDraft>(NEW_ENTRY);
  const [isChecked, setChecked] = useState(false);
  const errors = isChecked ? draftErrors(draft, Date.now()) : {};
  const change = (part: Partial<ScheduleDraft>) => setDraft((old) => ({ ...old, ...part }));
  const [isBusy, announce] = useAction(async () => {
    setChecked(true);
    if (Object.keys(draftErrors(draft, Date.now())).length > 0) return;
    await ensureSignedIn(CREATOR_NEED);
    await people.announce(entryOf(draft));
    setDraft(NEW_ENTRY);
    setChecked(false);
    showDone("The broadcast is on your schedule.");
    onDone();
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void announce();
      }}
    >
      <h3>Announce a broadcast</h3>
      <div class="schedule-form">
        <Field
          label="Title"
          value={draft.title}
          maxLength={MAX_TITLE_CHARS}
          error={errors.title ?? null}
          onInput={(title) => change({ title })}
        />
        <StartField value={draft.start} error={errors.start ?? null} onInput={(start) => change({ start })} />
        <Field
          label="Length"
          unit="minutes"
          isNumber
          value={draft.minutes}
          error={errors.minutes ?? null}
          onInput={(minutes) => change({ minutes })}
        />
        <StreamField account={account} value={draft.stream} onInput={(stream) => change({ stream })} />
      </div>
      <div class="row">
        <button type="submit" class="button button-main" disabled={isBusy}>
          Announce
        </button>
      </div>
    </form>
  );
}

export function Schedule({ account, isOwn }: { readonly account: string; readonly isOwn: boolean }) {
  const self = me.value?.account ?? null;
  const { state, reload } = useLoaded((signal) => people.schedule(account, signal), [account, self]);
  return (
    <section class="panel" aria-labelledby="schedule">
      <h2 id="schedule">Schedule</h2>
      {state.kind === "loading" && (
        <Loading label="Loading the schedule">
          <Skeleton height={140} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && state.value.length === 0 && (
        <Empty icon={<ClockIcon />} title="Nothing is announced">
          {isOwn ? "Announce your next broadcast, so that your followers know when to come." : "Come back later."}
        </Empty>
      )}
      {state.kind === "ready" && state.value.length > 0 && (
        <ul>
          {state.value.map((entry) => (
            <Entry key={entry.id} entry={entry} isOwn={isOwn} onChange={reload} />
          ))}
        </ul>
      )}
      {isOwn && state.kind === "ready" && <AnnounceForm account={account} onDone={reload} />}
    </section>
  );
}
