// The queue of reports: what was reported, why, by how many, and what was decided.

import { useState } from "preact/hooks";
import { UserText } from "../components/chat/text";
import { nameOf, Person } from "../components/person";
import { usePagedList } from "../components/use-paged-list";
import { moderation, type ReportView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Field } from "../ui/field";
import { ago, several, timeOf } from "../ui/format";
import { CheckIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";
import { Decide } from "./moderation-decision";
import { Queue, type QueueState } from "./moderation-queue";
import { actionText, reasonText, subjectLink, subjectText } from "./moderation-texts";

const RELOAD_MS = 20_000;
const MAX_CHARS = 2_000;

function Notes({ report, onNoted }: { readonly report: ReportView; readonly onNoted: () => void }) {
  const [text, setText] = useState("");
  const note = async () => {
    await moderation.note(report.id, text.trim());
    setText("");
    onNoted();
  };
  return (
    <details>
      <summary>{report.notes.length > 0 ? several(report.notes.length, "note") : "Notes"}</summary>
      <div class="stack stack-tight moderation-notes">
        {report.notes.map((one) => (
          <div key={`${one.at}${one.by.account}`}>
            <p class="faint">
              <bdi>{nameOf(one.by)}</bdi>, {timeOf(one.at)}
            </p>
            <UserText text={one.text} />
          </div>
        ))}
        <Field
          label="New note"
          value={text}
          onInput={setText}
          isLong
          maxLength={MAX_CHARS}
          hint="Only moderators read it."
        />
        <ActionButton class="button-small" disabled={text.trim() === ""} onAction={note}>
          Add note
        </ActionButton>
      </div>
    </details>
  );
}

/** What was reported, with a link to it. */
export function SubjectHead({ subject, title }: Pick<ReportView, "subject" | "title">) {
  const link = subjectLink(subject);
  const kind = subjectText(subject);
  return (
    <div>
      <p class="faint">{kind}</p>
      <h2 dir="auto">
        {link ? (
          <a class="link" href={link}>
            {title || kind}
          </a>
        ) : (
          (title ?? "It has been deleted.")
        )}
      </h2>
    </div>
  );
}

function Decided({ decision }: { readonly decision: NonNullable<ReportView["decision"]> }) {
  return (
    <div class="stack stack-tight">
      <p class="row">
        <span class="badge">{actionText(decision.action).done}</span>
        <span class="faint">
          by <bdi>{nameOf(decision.by)}</bdi>, {timeOf(decision.at)}
        </span>
        {decision.lifted_at && <span class="badge badge-good">Lifted {ago(decision.lifted_at)}</span>}
      </p>
      {decision.note && <UserText class="soft" text={decision.note} />}
    </div>
  );
}

function Report({ report, onChange }: { readonly report: ReportView; readonly onChange: () => void }) {
  const { subject, title, of, reason, text, by, at, count, decision } = report;
  return (
    <article class="panel" aria-label={`Report ${report.id}`}>
      <div class="panel-head">
        <SubjectHead subject={subject} title={title ?? null} />
        {of && <Person person={of} />}
      </div>
      <div class="stack stack-tight">
        <p class="row">
          <span class="badge badge-accent">{reasonText(reason)}</span>
          {count > 1 && <span class="badge badge-bad">{several(count, "report")}</span>}
          <span class="faint">
            reported by <bdi>{nameOf(by)}</bdi>, {ago(at)}
          </span>
        </p>
        {text && <UserText text={text} />}
      </div>
      <Notes report={report} onNoted={onChange} />
      {decision ? <Decided decision={decision} /> : <Decide report={report} onDecided={onChange} />}
    </article>
  );
}

function List({ state: of, onChange }: { readonly state: QueueState; readonly onChange: () => void }) {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => moderation.reports({ state: of, cursor }, signal),
    ({ id }) => String(id),
    [of],
  );
  usePolling(reload, RELOAD_MS);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the reports">
        <Skeleton height={180} />
        <Skeleton height={180} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  if (items.length === 0) {
    const title = of === "open" ? "There is nothing to decide" : "Nothing has been decided yet";
    return <Empty icon={<CheckIcon />} title={title} />;
  }
  return (
    <>
      {items.map((report) => (
        <Report key={report.id} report={report} onChange={onChange} />
      ))}
      {hasMore && (
        <ActionButton class="button-small" onAction={loadMore}>
          More reports
        </ActionButton>
      )}
    </>
  );
}

export function Reports() {
  return <Queue label="Reports">{(state, onChange) => <List state={state} onChange={onChange} />}</Queue>;
}
