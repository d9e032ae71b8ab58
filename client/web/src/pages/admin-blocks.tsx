// What is blocked at this gateway: accounts, networks and words.

import { useState } from "preact/hooks";
import { isAddress } from "../chain";
import { UserText } from "../components/chat/text";
import { nameOf } from "../components/person";
import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { admin, type BlockKind, type BlockView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Choice, Field } from "../ui/field";
import { ago } from "../ui/format";
import { Loading, Problem, Skeleton } from "../ui/states";
import { ConfirmButton } from "./confirm-button";

const MAX_NOTE_CHARS = 500;
const MAX_WORD_CHARS = 64;

interface KindText {
  readonly value: BlockKind;
  readonly text: string;
  readonly field: string;
  readonly effect: string;
  readonly error: string;
}

const KINDS: readonly KindText[] = [
  {
    value: "account",
    text: "Accounts",
    field: "Account",
    effect: "A blocked account can watch and pay, but neither write nor publish.",
    error: "Enter an account's address.",
  },
  {
    value: "network",
    text: "Networks",
    field: "Network",
    effect: "No request from a blocked network is answered.",
    error: "Enter a network, for example 203.0.113.0/24 or 2001:db8::/48.",
  },
  {
    value: "word",
    text: "Words",
    field: "Word",
    effect: "No message, comment or name may contain a blocked word.",
    error: "Enter a word of 2 to 64 characters.",
  },
];

const NETWORK = /^[0-9a-f:.]+(?:\/\d{1,3})?$/i;

/** Whether a value can be blocked. The gateway checks it again. */
export function isBlockable(kind: BlockKind, value: string): boolean {
  const trimmed = value.trim();
  if (kind === "account") return isAddress(trimmed);
  if (kind === "network") return NETWORK.test(trimmed) && /[.:]/.test(trimmed);
  return trimmed.length >= 2 && trimmed.length <= MAX_WORD_CHARS;
}

function NewBlock({ kind, onAdded }: { readonly kind: KindText; readonly onAdded: () => void }) {
  const [value, setValue] = useState("");
  const [note, setNote] = useState("");
  const isWrong = value.trim() !== "" && !isBlockable(kind.value, value);
  const add = async () => {
    await admin.block(kind.value, value.trim(), note.trim());
    showDone(`${value.trim()} is blocked.`);
    setValue("");
    setNote("");
    onAdded();
  };
  return (
    <div class="admin-form">
      <Field label={kind.field} value={value} onInput={setValue} error={isWrong ? kind.error : null} />
      <Field label="Why (optional)" value={note} onInput={setNote} maxLength={MAX_NOTE_CHARS} />
      <ActionButton disabled={!isBlockable(kind.value, value)} onAction={add}>
        Block
      </ActionButton>
    </div>
  );
}

function Block({ block, onRemoved }: { readonly block: BlockView; readonly onRemoved: () => void }) {
  const { kind, value, note, by, at } = block;
  const remove = async () => {
    await admin.unblock(kind, value);
    showDone(`${value} is not blocked any more.`);
    onRemoved();
  };
  return (
    <li>
      <div class="stack stack-tight">
        <code class="mono">
          <bdi>{value}</bdi>
        </code>
        {note && <UserText text={note} />}
        <p class="faint">
          by <bdi>{nameOf(by)}</bdi>, {ago(at)}
        </p>
      </div>
      <ConfirmButton text="Unblock" label={`Unblock ${value}`} title={`Unblock ${value}?`} onAction={remove}>
        It can be blocked again at any time.
      </ConfirmButton>
    </li>
  );
}

export function Blocks() {
  const [chosen, setChosen] = useState<BlockKind>("account");
  const { state, reload } = useLoaded((signal) => admin.blocks(signal), []);
  const kind = KINDS.find(({ value }) => value === chosen) ?? KINDS[0];
  if (state.kind === "loading" || !kind) {
    return (
      <Loading label="Loading what is blocked">
        <Skeleton height={240} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  const shown = state.value.filter((block) => block.kind === chosen);
  return (
    <section class="panel" aria-labelledby="blocks">
      <h2 id="blocks">Blocked</h2>
      <Choice label="What" options={KINDS} value={chosen} onChoose={setChosen} />
      <p class="soft">{kind.effect}</p>
      {/* Another kind is another form. */}
      <NewBlock key={chosen} kind={kind} onAdded={reload} />
      {shown.length === 0 && <p class="soft">Nothing is blocked.</p>}
      <ul class="admin-list">
        {shown.map((block) => (
          <Block key={block.value} block={block} onRemoved={reload} />
        ))}
      </ul>
    </section>
  );
}
