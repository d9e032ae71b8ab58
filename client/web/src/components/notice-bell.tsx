// The bell in the header: how many notices are unread. New ones are shown for a moment, wherever the person is.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { me } from "../account";
import { type Notice, NoticeFeed } from "../gateway";
import { BellIcon } from "../ui/icons";
import { showDone } from "./toasts";
import "./notice-bell.css";

/** Highest number that is shown; above it there is a plus. */
const MAX_SHOWN = 99;

const unread = signal(0);
const latest = signal<Notice | null>(null);

/** The newest notice since the page was opened, for lists that want to show it. */
export const latestNotice = latest;

/** Sets the number of unread notices, after some were read here. */
export function setUnread(count: number): void {
  unread.value = count;
}

/** The words for a number of unread notices. */
export function bellLabel(count: number): string {
  return count === 0 ? "Notices" : `Notices, ${count} unread`;
}

function announce(notice: Notice): void {
  latest.value = notice;
  showDone(notice.text === "" ? notice.title : `${notice.title}: ${notice.text}`);
}

export function NoticeBell() {
  const who = me.value;
  const account = who?.account;
  useEffect(() => {
    if (account === undefined) return undefined;
    const feed = new NoticeFeed(me.peek()?.unread_notices ?? 0, announce);
    const end = feed.unread.subscribe(setUnread);
    return () => {
      end();
      feed.close();
      unread.value = 0;
      latest.value = null;
    };
  }, [account]);
  if (!who) return null;
  const count = unread.value;
  return (
    <a class="icon-button notice-bell" href="/notices" aria-label={bellLabel(count)}>
      <BellIcon />
      {count > 0 && (
        <span class="notice-count number" aria-hidden="true">
          {count > MAX_SHOWN ? `${MAX_SHOWN}+` : count}
        </span>
      )}
    </a>
  );
}
