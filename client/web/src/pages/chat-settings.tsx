// The chat of a stream, for its creator and its moderators: who may write, blocked words, moderators, and who is kept out.

import { useState } from "preact/hooks";
import type { PageProps } from "../app/page";
import { useTitle } from "../app/title";
import { isAddress } from "../chain";
import { UserError } from "../common/errors";
import { ModeFields } from "../components/chat/mode-fields";
import { Person } from "../components/person";
import { RequireSignIn } from "../components/sign-in";
import { titleOf } from "../components/stream-card";
import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { usePagedList } from "../components/use-paged-list";
import {
  type ChatBanView,
  type ChatSettings,
  chat,
  gateway,
  type PersonRef,
  people,
  type StreamView,
} from "../gateway";
import { ActionButton } from "../ui/button";
import { Field } from "../ui/field";
import { ago, timeOf } from "../ui/format";
import { BackIcon } from "../ui/icons";
import { Loading, Problem, Skeleton } from "../ui/states";
import { wordsError, wordsIn } from "./chat-words";
import { ConfirmButton } from "./confirm-button";
import "./moderation.css";

const PAGE_LIMIT = 50;

interface PartProps {
  readonly stream: string;
  readonly settings: ChatSettings;
  readonly onChange: (settings: ChatSettings) => void;
}

function Mode({ stream, settings, onChange }: PartProps) {
  const [mode, setMode] = useState(settings.mode);
  const save = async () => {
    onChange(await chat.change(stream, { mode }));
    showDone("The chat was changed.");
  };
  return (
    <section class="panel" aria-labelledby="mode">
      <h2 id="mode">Who can write</h2>
      <ModeFields mode={mode} onChange={setMode} />
      <ActionButton onAction={save}>Save</ActionButton>
    </section>
  );
}

function Words({ stream, settings, onChange }: PartProps) {
  const [text, setText] = useState(settings.blocked_words.join("\n"));
  const error = wordsError(text);
  const save = async () => {
    const changed = await chat.change(stream, { blocked_words: wordsIn(text) });
    setText(changed.blocked_words.join("\n"));
    onChange(changed);
    showDone("The blocked words were saved.");
  };
  return (
    <section class="panel" aria-labelledby="words">
      <h2 id="words">Blocked words</h2>
      <Field
        label="One word or phrase per line"
        value={text}
        onInput={setText}
        isLong
        error={error}
        hint="Messages with one of them are refused, also if it is written with letters that only look alike. An asterisk at the end of a word stands for any ending."
      />
      <ActionButton disabled={error !== null} onAction={save}>
        Save words
      </ActionButton>
    </section>
  );
}

/** Finds a person by account or handle. */
async function accountOf(who: string): Promise<PersonRef> {
  const found = await people.person(who);
  if (found) return found;
  if (isAddress(who)) return { account: who };
  throw new UserError("no-person", "Nobody here has this handle.", "Enter a handle of this gateway, or an account.");
}

function Moderators({ stream, settings, onChange }: PartProps) {
  const [who, setWho] = useState("");
  const add = async () => {
    const person = await accountOf(who.trim());
    await chat.appoint(stream, person.account);
    const others = settings.moderators.filter(({ account }) => account !== person.account);
    onChange({ ...settings, moderators: [...others, person] });
    setWho("");
  };
  const remove = async ({ account }: PersonRef) => {
    await chat.dismiss(stream, account);
    onChange({ ...settings, moderators: settings.moderators.filter((one) => one.account !== account) });
  };
  return (
    <section class="panel" aria-labelledby="moderators">
      <h2 id="moderators">Moderators of this chat</h2>
      <p class="soft">They can delete messages, pause and ban people, and change these settings.</p>
      <ul class="admin-list">
        {settings.moderators.map((person) => (
          <li key={person.account}>
            <Person person={person} />
            <ConfirmButton
              text="Remove"
              label={`Remove the moderator ${person.name || person.handle || person.account}`}
              title="Remove this moderator?"
              onAction={() => remove(person)}
            >
              The person can still write in the chat.
            </ConfirmButton>
          </li>
        ))}
      </ul>
      <Field label="Handle or account" value={who} onInput={setWho} />
      <ActionButton disabled={who.trim() === ""} onAction={add}>
        Add moderator
      </ActionButton>
    </section>
  );
}

function Ban({ ban, onLift }: { readonly ban: ChatBanView; readonly onLift: () => Promise<void> }) {
  return (
    <li>
      <Person person={ban.person} />
      <span class="faint">
        {ban.until ? `paused until ${timeOf(ban.until)}` : "banned"}, {ago(ban.at)}
      </span>
      <ActionButton class="button-small push" onAction={onLift}>
        Lift
      </ActionButton>
    </li>
  );
}

function Bans({ stream }: { readonly stream: string }) {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => chat.bans(stream, { limit: PAGE_LIMIT, ...(cursor && { cursor }) }, signal),
    ({ person }) => person.account,
    [stream],
  );
  const [lifted, setLifted] = useState<ReadonlySet<string>>(new Set());
  const lift = async (person: string) => {
    await chat.act(stream, { type: "unban", person });
    setLifted((old) => new Set([...old, person]));
  };
  const shown = items.filter(({ person }) => !lifted.has(person.account));
  return (
    <section class="panel" aria-labelledby="bans">
      <h2 id="bans">Kept out</h2>
      {state.kind === "loading" && (
        <Loading label="Loading who is kept out">
          <Skeleton height={48} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && shown.length === 0 && !hasMore && <p class="soft">Everybody can write.</p>}
      <ul class="admin-list">
        {shown.map((ban) => (
          <Ban key={ban.person.account} ban={ban} onLift={() => lift(ban.person.account)} />
        ))}
      </ul>
      {hasMore && <ActionButton onAction={loadMore}>Show more</ActionButton>}
    </section>
  );
}

interface Managed {
  readonly stream: StreamView;
  readonly settings: ChatSettings;
}

async function load(id: string, signal: AbortSignal): Promise<Managed> {
  const [stream, settings] = await Promise.all([gateway.stream(id, signal), chat.settings(id, signal)]);
  return { stream, settings };
}

function Content({ id }: { readonly id: string }) {
  const { state, reload, set } = useLoaded((signal) => load(id, signal), [id]);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the settings of the chat">
        <Skeleton height={200} />
        <Skeleton height={200} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  const { stream, settings } = state.value;
  const part: PartProps = { stream: id, settings, onChange: (changed) => set({ stream, settings: changed }) };
  return (
    <div class="stack">
      <p class="soft">
        <a class="link row" href={`/watch/${id}`}>
          <span class="tiny-icon">
            <BackIcon />
          </span>
          <bdi>{titleOf(stream)}</bdi>
        </a>
      </p>
      <Mode {...part} />
      <Words {...part} />
      <Moderators {...part} />
      <Bans stream={id} />
    </div>
  );
}

export default function ChatSettingsPage({ params }: PageProps) {
  const id = params["stream"] ?? "";
  useTitle("Chat settings");
  return (
    <div class="main-narrow">
      <div class="page-head">
        <div>
          <h1>Chat settings</h1>
          <p>Who can write in the chat of this stream, and what is not accepted there.</p>
        </div>
      </div>
      <RequireSignIn why="The creator of a stream and the moderators of its chat can change these settings.">
        {(me) => <Content key={`${id} ${me.account}`} id={id} />}
      </RequireSignIn>
    </div>
  );
}
