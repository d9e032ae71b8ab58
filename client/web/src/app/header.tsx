// Header and footer of every page: logo, navigation, search, theme and wallet.

import { useEffect, useMemo, useState } from "preact/hooks";
import { WalletMenu } from "../components/wallet-menu";
import { ChartIcon, HomeIcon, Mark, MoonIcon, SearchIcon, StudioIcon, SunIcon, WalletIcon } from "../ui/icons";
import { navigate, path, query } from "./router";
import { Debounce, fieldText, SEARCH_DELAY_MS, searchAddress, searchTextOf } from "./search";
import { chooseTheme, theme } from "./theme";

const LINKS = [
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
  const searched = searchTextOf(path.value, query.value);
  const [text, setText] = useState(searched);
  const debounce = useMemo(() => new Debounce(SEARCH_DELAY_MS), []);
  // On the list, the results follow while the user types. On other pages, Enter goes to the list.
  const isOnList = path.value === "/";
  const search = (typed: string) => {
    debounce.cancel();
    navigate(searchAddress(typed, path.peek(), query.peek()), { replace: isOnList });
  };
  useEffect(() => {
    setText((typed) => fieldText(searched, typed));
    // A pending search must not bring the user back from another page.
    return () => debounce.cancel();
  }, [searched, isOnList]);
  return (
    <search class="header-search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search(text);
        }}
      >
        <SearchIcon />
        <input
          type="search"
          aria-label="Search streams"
          placeholder="Search"
          value={text}
          onInput={(event) => {
            const typed = event.currentTarget.value;
            setText(typed);
            if (isOnList) debounce.schedule(() => path.peek() === "/" && search(typed));
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
          {LINKS.map(({ to, text, icon: Icon, isHere }) => (
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
        <span>Every paid second is settled on chain. Waiting, interruptions and previews cost nothing.</span>
        <a class="link push" href="/docs" target="_blank" rel="noopener">
          API
        </a>
      </div>
    </footer>
  );
}
