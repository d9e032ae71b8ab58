// The frame's top and bottom: mark, search, where one can go, the wallet, the theme.

import { useEffect, useMemo, useState } from "preact/hooks";
import { ChartIcon, HomeIcon, Mark, MoonIcon, SearchIcon, StudioIcon, SunIcon, WalletIcon } from "../ui/icons";
import { WalletMenu } from "../ui/wallet-menu";
import { navigate, path, query } from "./router";
import { addressOf, askedIn, Pause, SEARCH_AFTER_MS, shownFor } from "./search";
import { chooseTheme, theme } from "./theme";

const PLACES = [
  { to: "/", text: "Watch", icon: HomeIcon, isHere: (at: string) => at === "/" || at.startsWith("/watch") },
  {
    to: "/studio",
    text: "Studio",
    icon: StudioIcon,
    isHere: (at: string) => at.startsWith("/studio") && at !== "/studio/earnings",
  },
  { to: "/studio/earnings", text: "Earnings", icon: ChartIcon, isHere: (at: string) => at === "/studio/earnings" },
  { to: "/wallet", text: "Wallet", icon: WalletIcon, isHere: (at: string) => at.startsWith("/wallet") },
] as const;

function Search() {
  const asked = askedIn(path.value, query.value);
  const [words, setWords] = useState(asked);
  const pause = useMemo(() => new Pause(SEARCH_AFTER_MS), []);
  // The list is on the page already: it follows what is typed. Elsewhere Enter goes there.
  const isOnList = path.value === "/";
  const search = (text: string) => {
    pause.cancel();
    navigate(addressOf(text, path.peek(), query.peek()), { replace: isOnList });
  };
  useEffect(() => {
    setWords((typed) => shownFor(asked, typed));
    // Whoever has gone elsewhere meanwhile is not called back.
    return () => pause.cancel();
  }, [asked, isOnList]);
  return (
    <search class="header-search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search(words);
        }}
      >
        <SearchIcon />
        <input
          type="search"
          aria-label="Search streams"
          placeholder="Search"
          value={words}
          onInput={(event) => {
            const typed = event.currentTarget.value;
            setWords(typed);
            if (isOnList) pause.next(() => path.peek() === "/" && search(typed));
          }}
        />
      </form>
    </search>
  );
}

export function Header() {
  const isDark = theme.value === "dark";
  return (
    <header class="header">
      <div class="header-in">
        <a class="brand" href="/" aria-label="Vilokanam, home">
          <Mark />
          <span>Vilokanam</span>
        </a>
        <nav class="nav" aria-label="Main">
          {PLACES.map(({ to, text, icon: Icon, isHere }) => (
            <a key={to} href={to} aria-current={isHere(path.value) ? "page" : undefined}>
              <Icon />
              {text}
            </a>
          ))}
        </nav>
        <Search />
        <div class="header-side">
          <button
            type="button"
            class="icon-button"
            aria-label={isDark ? "Switch to the light theme" : "Switch to the dark theme"}
            onClick={() => chooseTheme(isDark ? "light" : "dark")}
          >
            {isDark ? <SunIcon /> : <MoonIcon />}
          </button>
          <WalletMenu />
        </div>
      </div>
    </header>
  );
}

export function Footer() {
  return (
    <footer class="footer">
      <div class="footer-in">
        <span>Every second is settled on chain. Waiting, interruptions and previews cost nothing.</span>
        <a class="link push" href="/docs" target="_blank" rel="noopener">
          API
        </a>
      </div>
    </footer>
  );
}
