// Appeals against decisions, and the record of what moderators and administrators have done.

import { useState } from "preact/hooks";
import { UserText } from "../components/chat/text";
import { nameOf } from "../components/person";
import { showDone } from "../components/toasts";
import { usePagedList } from "../components/use-paged-list";
import { type AppealView, moderation } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { ago, timeOf } from "../ui/format";
import { CheckIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { Queue, type QueueState } from "./moderation-queue";
import { SubjectHead } from "./moderation-reports";
import { actionText, subjectLink } from "./moderation-texts";

const MAX_CHARS = 2_000;

interface AnswerProps {
  readonly appeal: AppealView;
  readonly uphold: boolean;
  readonly onAnswered: () => void;
  readonly onClose: () => void;
}

function AnswerDialog({ appeal, uphold, onAnswered, onClose }: AnswerProps) {
  const [note, setNote] = useState("");
  const answer = async () => {
    await moderation.answer(appeal.id, { uphold, note: note.trim() });
    showDone(uphold ? "The decision holds." : "The decision was lifted.");
    onClose();
    onAnswered();
  };
  return (
    <Dialog title={uphold ? "The decision holds" : "Lift the decision"} onClose={onClose}>
      <p class="soft">
        {uphold
          ? "Nothing changes. The person reads your reason."
          : "What was hidden or cut off is given out again. The person reads your reason."}
      </p>
      <Field label="Reason" value={note} onInput={setNote} isLong maxLength={MAX_CHARS} />
      <ActionButton class="button-main" disabled={note.trim() === ""} onAction={answer}>
        {uphold ? "Uphold" : "Lift"}
      </ActionButton>
    </Dialog>
  );
}

function Appeal({ appeal, onChange }: { readonly appeal: AppealView; readonly onChange: () => void }) {
  const { decision, answer } = appeal;
  const [uphold, setUphold] = useState<boolean | null>(null);
  return (
    <article class="panel" aria-label={`Appeal ${appeal.id}`}>
      <SubjectHead subject={appeal.subject} title={appeal.title ?? null} />
      <p class="row">
        <span class="badge">{actionText(decision.action).done}</span>
        <span class="faint">
          by <bdi>{nameOf(decision.by)}</bdi>, {timeOf(decision.at)}
        </span>
      </p>
      {decision.note && <UserText class="soft" text={decision.note} />}
      <div class="stack stack-tight">
        <p class="faint">
          <bdi>{nameOf(appeal.by)}</bdi> writes, {ago(appeal.at)}:
        </p>
        <UserText text={appeal.text} />
      </div>
      {answer ? (
        <div class="stack stack-tight">
          <p class="row">
            <span class={answer.uphold ? "badge" : "badge badge-good"}>{answer.uphold ? "Upheld" : "Lifted"}</span>
            <span class="faint">
              by <bdi>{nameOf(answer.by)}</bdi>, {timeOf(answer.at)}
            </span>
          </p>
          <UserText class="soft" text={answer.note} />
        </div>
      ) : (
        <div class="row">
          <button type="button" class="button button-small" onClick={() => setUphold(true)}>
            Uphold
          </button>
          <button type="button" class="button button-small" onClick={() => setUphold(false)}>
            Lift
          </button>
        </div>
      )}
      {uphold !== null && (
        <AnswerDialog appeal={appeal} uphold={uphold} onAnswered={onChange} onClose={() => setUphold(null)} />
      )}
    </article>
  );
}

interface AppealListProps {
  readonly state: QueueState;
  readonly onChange: () => void;
}

function AppealList({ state: of, onChange }: AppealListProps) {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => moderation.appeals({ state: of, cursor }, signal),
    ({ id }) => String(id),
    [of],
  );
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the appeals">
        <Skeleton height={180} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  if (items.length === 0)
    return <Empty icon={<CheckIcon />} title={of === "open" ? "No appeal waits" : "No appeal was answered yet"} />;
  return (
    <>
      {items.map((appeal) => (
        <Appeal key={appeal.id} appeal={appeal} onChange={onChange} />
      ))}
      {hasMore && (
        <ActionButton class="button-small" onAction={loadMore}>
          More appeals
        </ActionButton>
      )}
    </>
  );
}

export function Appeals() {
  return <Queue label="Appeals">{(state, onChange) => <AppealList state={state} onChange={onChange} />}</Queue>;
}

/** What was done, by whom and to what. Nothing in it can be changed. */
export function Audit() {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => moderation.audit(cursor, signal),
    ({ id }) => String(id),
    [],
  );
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the record">
        <Skeleton height={240} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  if (items.length === 0) return <Empty icon={<CheckIcon />} title="Nothing has been done yet" />;
  return (
    <div class="panel">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls the table */}
      <section class="table-wrap" tabIndex={0} aria-label="Record">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
              <th scope="col">Subject</th>
              <th scope="col">Note</th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ id, at, by, action, subject, note }) => (
              <tr key={id}>
                <td class="number">{timeOf(at)}</td>
                <td>
                  <bdi title={by.account}>{nameOf(by)}</bdi>
                </td>
                <td class="mono">{action}</td>
                <td>
                  {subjectLink(subject) ? (
                    <a class="link" href={subjectLink(subject) ?? ""}>
                      <bdi>{subject}</bdi>
                    </a>
                  ) : (
                    <bdi>{subject}</bdi>
                  )}
                </td>
                <td dir="auto">{note}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {hasMore && (
        <ActionButton class="button-small" onAction={loadMore}>
          Earlier entries
        </ActionButton>
      )}
    </div>
  );
}
