// The results of a search: streams, recordings and people in one list.

import { shortAddress } from "../chain";
import { vlk } from "../common/amounts";
import { nameOf, PersonPicture, personPath } from "../components/person";
import { kindOf, RecordingPicture, recordingTitle } from "../components/recording-card";
import { pictureOf, titleOf } from "../components/stream-card";
import { type PersonRef, type Recording, referenceOf, type SearchItem, type StreamView } from "../gateway";
import { ago, several, timeOf } from "../ui/format";
import { Picture } from "../ui/picture";

function StreamResult({ stream }: { readonly stream: StreamView }) {
  const isLive = stream.is_live_here;
  const { category } = stream.metadata;
  const last = stream.last_live ? `Last live ${ago(stream.last_live)}` : "Not live yet";
  return (
    <a class="result" href={`/watch/${stream.stream}`}>
      <span class="result-picture">
        <Picture url={pictureOf(stream, isLive)} of={stream.stream} isLazy />
      </span>
      <div class="stack stack-none">
        <h2 dir="auto">{titleOf(stream)}</h2>
        <span class="faint one-line" dir="auto">
          {category ? `${category} · ` : ""}
          {shortAddress(stream.creator)}
        </span>
        <span class="number">{vlk(BigInt(stream.price_per_tick), 6)}/s</span>
        <span class="row">
          {isLive && <span class="badge badge-live">LIVE</span>}
          <span class="faint">{isLive ? several(stream.viewers, "viewer") : last}</span>
        </span>
      </div>
    </a>
  );
}

function RecordingResult({ recording }: { readonly recording: Recording }) {
  const stream = recording.stream ?? "";
  return (
    <a class="result" href={`/watch/${stream}/recordings/${referenceOf(recording)}`}>
      <span class="result-picture">
        <RecordingPicture stream={stream} recording={recording} />
      </span>
      <div class="stack stack-none">
        <h2 dir="auto">{recordingTitle(recording)}</h2>
        <span class="faint">
          {kindOf(recording)} · {timeOf(recording.started_at)}
        </span>
        {recording.is_free && <span class="badge badge-good">Free</span>}
      </div>
    </a>
  );
}

function PersonResult({ person }: { readonly person: PersonRef }) {
  const name = nameOf(person);
  return (
    <a class="result" href={personPath(person)}>
      <span class="result-person">
        <PersonPicture person={person} isLarge />
      </span>
      <div class="stack stack-none">
        <h2 dir="auto">{name}</h2>
        <span class="faint one-line">{person.handle ? `@${person.handle}` : shortAddress(person.account)}</span>
      </div>
    </a>
  );
}

/** Names a result among all results. */
export function idOf(item: SearchItem): string {
  if (item.kind === "stream") return `stream ${item.stream.stream}`;
  if (item.kind === "recording") return `recording ${item.recording.stream}/${item.recording.number}`;
  return `person ${item.person.account}`;
}

function Result({ item }: { readonly item: SearchItem }) {
  if (item.kind === "stream") return <StreamResult stream={item.stream} />;
  if (item.kind === "recording") return <RecordingResult recording={item.recording} />;
  return <PersonResult person={item.person} />;
}

export function Results({ items }: { readonly items: readonly SearchItem[] }) {
  return (
    <ol class="results" aria-label="Results">
      {items.map((item) => (
        <li key={idOf(item)}>
          <Result item={item} />
        </li>
      ))}
    </ol>
  );
}
