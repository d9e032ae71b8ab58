// Header and footer of every page: logo, navigation, search, theme and wallet.

import { NoticeBell } from "../components/notice-bell";
import { WalletMenu } from "../components/wallet-menu";
import { ChartIcon, HeartIcon, HomeIcon, Mark, MoonIcon, StudioIcon, SunIcon, WalletIcon } from "../ui/icons";
import { path } from "./router";
import { SearchField } from "./search-field";
import { chooseTheme, theme } from "./theme";

const LINKS = [
  { to: "/", text: "Watch", icon: HomeIcon, isHere: (at: string) => at === "/" || at.startsWith("/watch") },
  { to: "/following", text: "Following", icon: HeartIcon, isHere: (at: string) => at === "/following" },
  {
    to: "/studio",
    text: "Studio",
    icon: StudioIcon,
    isHere: (at: string) => at.startsWith("/studio") && at !== "/studio/earnings",
  },
  { to: "/studio/earnings", text: "Earnings", icon: ChartIcon, isHere: (at: string) => at === "/studio/earnings" },
  { to: "/wallet", text: "Wallet", icon: WalletIcon, isHere: (at: string) => at.startsWith("/wallet") },
] as const;

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
        <SearchField />
        <div class="header-side">
          <button
            type="button"
            class="icon-button"
            aria-label={isDark ? "Switch to the light theme" : "Switch to the dark theme"}
            onClick={() => chooseTheme(isDark ? "light" : "dark")}
          >
            {isDark ? <SunIcon /> : <MoonIcon />}
          </button>
          <NoticeBell />
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
