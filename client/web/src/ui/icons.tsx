// Icons, drawn for these pages: a grid of 24, lines of 1.75 with round ends, in the colour of the text around them.
// They are hidden from screen readers, so a button with only an icon needs a label.

import type { ComponentChildren } from "preact";

function Icon({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const icon = (...paths: readonly string[]) =>
  function PathIcon() {
    return (
      <Icon>
        {paths.map((path) => (
          <path key={path} d={path} />
        ))}
      </Icon>
    );
  };

export const SearchIcon = icon("M10.5 17.5a7 7 0 1 0 0-14 7 7 0 0 0 0 14", "M15.7 15.7 20.5 20.5");
export const BellIcon = icon("M6 10a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4S6 15 6 10", "M10 19.5a2.2 2.2 0 0 0 4 0");
export const HomeIcon = icon("M4 10.5 12 4l8 6.5", "M6 9v10.5h12V9", "M10 19.5v-5h4v5");
export const StudioIcon = icon("M3.5 7h11v10h-11z", "m14.5 10.5 6-3v9l-6-3");
export const WalletIcon = icon("M4 7.5h15.5v11H4z", "M4 7.5V6a1.5 1.5 0 0 1 1.5-1.5H17v3", "M15.5 13h.5");
export const ChartIcon = icon("M4 4v16h16", "m7.5 14.5 3.5-4 3 2.5 5-6");
export const SunIcon = icon(
  "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8",
  "M12 2.8v1.6M12 19.6v1.6M2.8 12h1.6M19.6 12h1.6M5.5 5.5l1.1 1.1M17.4 17.4l1.1 1.1M5.5 18.5l1.1-1.1M17.4 6.6l1.1-1.1",
);
export const MoonIcon = icon("M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z");
export const CloseIcon = icon("M6 6l12 12M18 6 6 18");
export const CheckIcon = icon("m5 12.5 4.5 4.5L19 7.5");
export const AlertIcon = icon("M12 4 2.8 19.5h18.4z", "M12 10v4.5M12 17.2v.1");
export const InfoIcon = icon("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18", "M12 11v5.5M12 7.6v.1");
export const CopyIcon = icon("M8.5 8.5h11v11h-11z", "M15.5 8.5v-4h-11v11h4");
export const BackIcon = icon("M19 12H5M11 6l-6 6 6 6");
export const LinkOutIcon = icon("M13.5 4.5h6v6M19.5 4.5l-9 9", "M17 14v5.5H4.5V7H10");
export const EyeIcon = icon(
  "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z",
  "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
);
export const ClockIcon = icon("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18", "M12 7v5.3l3.5 2");
export const KeyIcon = icon("M8 19a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9", "m11.2 11.3 7.3-7.3M15.5 7l3 3");
export const LockIcon = icon("M5 11h14v9.5H5z", "M8 11V7.5a4 4 0 0 1 8 0V11");
export const PlusIcon = icon("M12 5v14M5 12h14");
export const DownIcon = icon("M12 4v12M6.5 11 12 16.5 17.5 11M5 20.5h14");
export const UserIcon = icon("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8", "M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6");
export const ExitIcon = icon("M14 4.5h5.5v15H14", "M10.5 8 6 12l4.5 4M6 12h9");
export const GiftIcon = icon(
  "M4.5 11h15v9h-15zM3.5 7.5h17V11h-17zM12 7.5V20",
  "M12 7.5C7 7.5 7 3.5 9.5 3.5S12 7.5 12 7.5s0-4 2.5-4 2.5 4-2.5 4",
);
export const DeviceIcon = icon("M5 5.5h14v10H5z", "M2.5 19h19");
export const PhoneIcon = icon("M7.5 3h9v18h-9z", "M11 18h2");
export const ShareIcon = icon("M12 14.5V3.5M8 7l4-3.5L16 7", "M7.5 10.5H5v10h14v-10h-2.5");
export const PauseIcon = icon("M8 5.5v13M16 5.5v13");
export const PlayIcon = icon("M8 5.2v13.6L19 12z");
export const VolumeIcon = icon(
  "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z",
  "M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11",
);
export const MutedIcon = icon("M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z", "m16 9.5 5 5M21 9.5l-5 5");
export const SlidersIcon = icon(
  "M4 7.5h8.5M17 7.5h3M4 16.5h3M11.5 16.5H20",
  "M14.7 9.7a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4M9.3 18.7a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4",
);
export const CaptionsIcon = icon("M3.5 5.5h17v13h-17z", "M10.3 10.6a2 2 0 1 0 0 2.8M16.8 10.6a2 2 0 1 0 0 2.8");
export const CastIcon = icon("M4 9V5.5h16.5v13H14", "M4 18.5v.1M4 15a3.6 3.6 0 0 1 3.6 3.6M4 11.5a7 7 0 0 1 7 7");
export const ScissorsIcon = icon(
  "M6.5 9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M6.5 20a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
  "M8.5 8 20 17.5M8.5 16 20 6.5",
);
export const UploadIcon = icon("M12 16V4M6.5 9 12 3.5 17.5 9M5 20.5h14");
export const FilmIcon = icon("M4 5h16v14H4z", "M8 5v14M16 5v14M4 9.7h4M4 14.3h4M16 9.7h4M16 14.3h4");
export const PipIcon = icon("M3.5 5.5h17v13h-17z", "M12.5 12h5v4h-5z");
export const TheatreIcon = icon("M2.5 7h19v10h-19z");
export const FullIcon = icon("M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15");
export const UnfullIcon = icon("M9 4.5V9H4.5M19.5 9H15V4.5M15 19.5V15h4.5M4.5 15H9v4.5");
export const HeartIcon = icon("M12 19.5 4.8 12a4.4 4.4 0 0 1 6.3-6.2l.9.9.9-.9a4.4 4.4 0 0 1 6.3 6.2z");
export const FlagIcon = icon("M6 21V4.5M6 4.5h11.5l-2.5 4 2.5 4H6");
export const ShieldIcon = icon("M12 3.5 5 6v5.5c0 4.3 2.9 7.4 7 9 4.1-1.6 7-4.7 7-9V6z");
export const SmileIcon = icon("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18", "M8.5 14a4.3 4.3 0 0 0 7 0M9 9.8v.1M15 9.8v.1");
export const SendIcon = icon("M4 12 20.5 4 14 20.5 11.5 13z", "M11.5 13 20.5 4");
export const PinIcon = icon("M9 4h6l-.8 6 3.3 3.5h-11L9.8 10z", "M12 13.5V20");
export const MoreIcon = icon("M6 12v.1M12 12v.1M18 12v.1");
export const ChatIcon = icon("M4 5h16v11.5H10L5.5 20v-3.5H4z");

/** The logo: twelve ticks around a play triangle. */
export function Mark() {
  const ticks = Array.from({ length: 12 }, (_, at) => at);
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <g stroke="var(--accent)" stroke-width="2.3" stroke-linecap="round">
        {ticks.map((at) => (
          <path
            key={at}
            d="M16 2.4v3.6"
            transform={`rotate(${at * 30} 16 16)`}
            opacity={0.25 + (0.75 * (at + 1)) / 12}
          />
        ))}
      </g>
      <path d="M12.6 10.2v11.6a.8.8 0 0 0 1.2.7l9-5.8a.8.8 0 0 0 0-1.4l-9-5.8a.8.8 0 0 0-1.2.7z" fill="var(--accent)" />
    </svg>
  );
}
