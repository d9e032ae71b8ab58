// The search field in the header: a combobox whose list has suggestions of the gateway. Enter leads to the search page.

import { useEffect, useId, useState } from "preact/hooks";
import { search } from "../gateway";
import { SearchIcon } from "../ui/icons";
import { navigate, path, query } from "./router";
import { fieldText, movedBy, SUGGEST_DELAY_MS, searchAddress, searchTextOf } from "./search";
import "./search-field.css";

const MAX_SUGGESTIONS = 8;
/** Maximum length of a search, as the gateway limits it. */
const MAX_CHARS = 200;

/** Suggestions for what is typed, while they are wanted. A newer text cancels the request for an older one. */
function useSuggestions(text: string, areWanted: boolean): readonly string[] {
  const [found, setFound] = useState<readonly string[]>([]);
  const typed = text.trim();
  useEffect(() => {
    if (!areWanted || typed === "") {
      setFound([]);
      return;
    }
    const controller = new AbortController();
    const request = () =>
      search.suggest(typed, MAX_SUGGESTIONS, controller.signal).then(
        (suggestions) => !controller.signal.aborted && setFound(suggestions.slice(0, MAX_SUGGESTIONS)),
        // Without suggestions, the search itself still works.
        () => undefined,
      );
    const timer = window.setTimeout(() => void request(), SUGGEST_DELAY_MS);
    return () => {
      window.clearTimeout(timer);
      controller.abort();
    };
  }, [typed, areWanted]);
  return found;
}

/** The text of the field and its suggestions. */
function useSearchField() {
  const searched = searchTextOf(path.value, query.value);
  const [text, setText] = useState(searched);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState<number | null>(null);
  const suggestions = useSuggestions(text, isOpen);
  useEffect(() => setText((typed) => fieldText(searched, typed)), [searched, path.value]);
  useEffect(() => setAt(null), [suggestions]);
  const close = () => {
    setOpen(false);
    setAt(null);
  };
  const go = (typed: string) => {
    close();
    setText(typed);
    navigate(searchAddress(typed, path.peek(), query.peek()));
  };
  const type = (typed: string) => {
    setText(typed);
    setOpen(true);
    // What was chosen for an earlier text is not meant any more.
    setAt(null);
  };
  return { text, at, setAt, suggestions, isOpen: isOpen && suggestions.length > 0, close, go, type };
}

export function SearchField() {
  const { text, at, setAt, suggestions, isOpen, close, go, type } = useSearchField();
  const id = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen || event.isComposing) return;
    if (event.key === "Escape") {
      // The first press closes the list, the next one empties the field.
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setAt(movedBy(at, event.key, suggestions.length));
    }
  };
  return (
    <search class="header-search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go((isOpen && at !== null && suggestions[at]) || text);
        }}
      >
        <SearchIcon />
        <input
          type="text"
          inputMode="search"
          enterkeyhint="search"
          role="combobox"
          aria-label="Search"
          aria-autocomplete="list"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-activedescendant={isOpen && at !== null ? `${id}-${at}` : undefined}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={MAX_CHARS}
          placeholder="Search"
          dir="auto"
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={close}
        />
        <div class="suggestions" id={`${id}-list`} role="listbox" aria-label="Suggestions" hidden={!isOpen}>
          {suggestions.map((suggestion, index) => (
            <div
              key={suggestion}
              id={`${id}-${index}`}
              class="menu-item"
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              dir="auto"
              // The field keeps the focus, as it does for the keyboard.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => go(suggestion)}
              onKeyDown={(event) => event.key === "Enter" && go(suggestion)}
            >
              {suggestion}
            </div>
          ))}
        </div>
      </form>
    </search>
  );
}
