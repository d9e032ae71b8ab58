// The frame's top and bottom: mark, search, where one can go, the wallet, the theme.

import { useState } from "preact/hooks";
import { ChartIcon, HomeIcon, Mark, MoonIcon, SearchIcon, StudioIcon, SunIcon, WalletIcon } from "../ui/icons";
import { WalletMenu } from "../ui/wallet-menu";
import { navigate, path, query } from "./router";
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
  const asked = path.value === "/" ? (query.value.get("q") ?? "") : "";
  const [words, setWords] = useState(asked);
  const search = (text: string) => {
    const next = new URLSearchParams(path.value === "/" ? query.value : undefined);
    if (text.trim()) next.set("q", text.trim());
    else next.delete("q");
    const rest = next.toString();
    navigate(rest ? `/?${rest}` : "/");
  };
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
            setWords(event.currentTarget.value);
            // The list is on the page already: it follows each letter. Elsewhere Enter goes there.
            if (path.value === "/") search(event.currentTarget.value);
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
        <span>Every second is settled on chain. Stalls, slates and previews cost nothing.</span>
        <a class="link push" href="/docs" target="_blank" rel="noopener">
          API
        </a>
      </div>
    </footer>
  );
}
