//! The windows of CEA-708: up to eight, each with lines of text, shown or hidden.

use cea708_types::tables::{Code, WindowBits};
use std::collections::VecDeque;

const WINDOWS: usize = 8;
/// Maximum number of lines of a window, which no definition exceeds.
const MAX_LINES: usize = 15;
/// Maximum length of a line in characters.
const MAX_COLUMNS: usize = 64;

#[derive(Clone, Debug, Default)]
struct Window {
    is_visible: bool,
    /// Number of lines that it shows.
    rows: usize,
    lines: VecDeque<String>,
}

impl Window {
    fn put(&mut self, c: char) {
        if self.lines.is_empty() {
            self.lines.push_back(String::new());
        }
        if let Some(line) = self.lines.back_mut().filter(|line| line.chars().count() < MAX_COLUMNS) {
            line.push(c);
        }
    }

    fn new_line(&mut self) {
        self.lines.push_back(String::new());
        while self.lines.len() > self.rows.clamp(1, MAX_LINES) {
            self.lines.pop_front();
        }
    }
}

/// The windows of one service.
#[derive(Clone, Debug, Default)]
pub(super) struct Windows {
    windows: [Window; WINDOWS],
    current: usize,
}

impl Windows {
    /// The text of the windows that are shown.
    pub fn text(&self) -> String {
        let shown = self.windows.iter().filter(|window| window.is_visible);
        let lines = shown.flat_map(|window| &window.lines).map(|line| line.trim());
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Carries out a command or writes a character.
    pub fn take(&mut self, code: &Code) {
        match code {
            Code::SetCurrentWindow0 => self.current = 0,
            Code::SetCurrentWindow1 => self.current = 1,
            Code::SetCurrentWindow2 => self.current = 2,
            Code::SetCurrentWindow3 => self.current = 3,
            Code::SetCurrentWindow4 => self.current = 4,
            Code::SetCurrentWindow5 => self.current = 5,
            Code::SetCurrentWindow6 => self.current = 6,
            Code::SetCurrentWindow7 => self.current = 7,
            Code::DefineWindow(window) => {
                self.current = usize::from(window.window_id) % WINDOWS;
                let own = &mut self.windows[self.current];
                own.is_visible = window.visible;
                own.rows = usize::from(window.row_count) + 1;
            }
            Code::ClearWindows(which) => self.each(*which, |window| window.lines.clear()),
            Code::DisplayWindows(which) => self.each(*which, |window| window.is_visible = true),
            Code::HideWindows(which) => self.each(*which, |window| window.is_visible = false),
            Code::ToggleWindows(which) => self.each(*which, |window| window.is_visible = !window.is_visible),
            Code::DeleteWindows(which) => self.each(*which, |window| *window = Window::default()),
            Code::Reset => *self = Self::default(),
            Code::FF => self.windows[self.current].lines.clear(),
            Code::CR => self.windows[self.current].new_line(),
            Code::HCR => {
                if let Some(line) = self.windows[self.current].lines.back_mut() {
                    line.clear();
                }
            }
            Code::BS => {
                if let Some(line) = self.windows[self.current].lines.back_mut() {
                    line.pop();
                }
            }
            Code::SetPenLocation(place) if place.column == 0 && !self.windows[self.current].lines.is_empty() => {
                self.windows[self.current].new_line();
            }
            code => {
                if let Some(c) = code.char() {
                    self.windows[self.current].put(c);
                }
            }
        }
    }

    fn each(&mut self, which: WindowBits, change: impl Fn(&mut Window)) {
        let bits = u8::from(which);
        let chosen = self.windows.iter_mut().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
        chosen.for_each(|(_, window)| change(window));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(windows: &mut Windows, text: &str) {
        for c in text.chars() {
            windows.take(&Code::from_char(c).unwrap());
        }
    }

    #[test]
    fn text_is_shown_when_its_window_is() {
        let mut windows = Windows::default();
        windows.take(&Code::SetCurrentWindow1);
        write(&mut windows, "Hello");
        assert_eq!(windows.text(), "");
        windows.take(&Code::DisplayWindows(WindowBits::ONE));
        assert_eq!(windows.text(), "Hello");
        windows.take(&Code::HideWindows(WindowBits::ONE));
        windows.take(&Code::ToggleWindows(WindowBits::ONE));
        windows.take(&Code::BS);
        assert_eq!(windows.text(), "Hell");
        windows.take(&Code::ClearWindows(WindowBits::ONE));
        assert_eq!(windows.text(), "");
    }

    #[test]
    fn lines_roll_up_within_their_window() {
        let mut windows = Windows::default();
        windows.take(&Code::DisplayWindows(WindowBits::ZERO));
        windows.windows[0].rows = 2;
        for line in ["one", "two", "three"] {
            windows.take(&Code::CR);
            write(&mut windows, line);
        }
        assert_eq!(windows.text(), "two\nthree");
        windows.take(&Code::Reset);
        assert_eq!(windows.text(), "");
    }
}
