//! The screen of CEA-608: 15 rows of 32 characters, in the modes in which captions appear.

use cea608_types::{Cea608, Mode, Text};

const ROWS: usize = 15;
const COLUMNS: usize = 32;

/// Characters, by row and column.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Page(Vec<[char; COLUMNS]>);

impl Page {
    fn new() -> Self {
        Self(vec![[' '; COLUMNS]; ROWS])
    }

    fn clear(&mut self) {
        *self = Self::new();
    }

    fn text(&self) -> String {
        let rows = self.0.iter().map(|row| row.iter().collect::<String>().trim().to_owned());
        rows.filter(|row| !row.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

/// The screen of one channel.
#[derive(Clone, Debug)]
pub(super) struct Screen {
    mode: Option<Mode>,
    displayed: Page,
    hidden: Page,
    row: usize,
    column: usize,
}

impl Screen {
    pub fn new() -> Self {
        Self { mode: None, displayed: Page::new(), hidden: Page::new(), row: ROWS - 1, column: 0 }
    }

    /// The text that is shown.
    pub fn text(&self) -> String {
        self.displayed.text()
    }

    /// Whether captions appear as a whole. Otherwise they grow while they are shown.
    pub fn appears_whole(&self) -> bool {
        self.mode == Some(Mode::PopOn)
    }

    /// Carries out a command.
    pub fn take(&mut self, command: Cea608) {
        match command {
            Cea608::Text(text) => self.write(text),
            Cea608::NewMode(_, mode) => self.set_mode(mode),
            Cea608::EraseDisplay(_) => self.displayed.clear(),
            Cea608::EraseNonDisplay(_) => self.hidden.clear(),
            Cea608::EndOfCaption(_) => {
                self.mode = Some(Mode::PopOn);
                std::mem::swap(&mut self.displayed, &mut self.hidden);
            }
            Cea608::CarriageReturn(_) => self.roll_up(),
            Cea608::Backspace(_) => self.erase_last(),
            Cea608::TabOffset(_, columns) => self.column = (self.column + usize::from(columns)).min(COLUMNS - 1),
            Cea608::DeleteToEndOfRow(_) => {
                let (row, column) = (self.row, self.column);
                self.page().0[row][column..].fill(' ');
            }
            Cea608::Preamble(_, place) => self.move_to(usize::from(place.row()), usize::from(place.column())),
            // A change of colour takes a column.
            Cea608::MidRowChange(..) => self.put(' '),
        }
    }

    /// The page that is written to.
    fn page(&mut self) -> &mut Page {
        match self.mode {
            Some(Mode::PopOn) => &mut self.hidden,
            _ => &mut self.displayed,
        }
    }

    fn set_mode(&mut self, mode: Mode) {
        let was_rolling = self.mode.is_some_and(|mode| mode.is_rollup());
        if mode.is_rollup() && !was_rolling {
            self.displayed.clear();
            self.hidden.clear();
            (self.row, self.column) = (ROWS - 1, 0);
        }
        self.mode = Some(mode);
    }

    fn write(&mut self, text: Text) {
        if text.needs_backspace {
            // A character of the extended set replaces a simpler one that comes before it.
            self.erase_last();
        }
        text.char1.into_iter().chain(text.char2).for_each(|c| self.put(c));
    }

    fn put(&mut self, c: char) {
        if self.mode.is_none() {
            return;
        }
        let (row, column) = (self.row, self.column);
        self.page().0[row][column] = c;
        self.column = (column + 1).min(COLUMNS - 1);
    }

    fn erase_last(&mut self) {
        self.column = self.column.saturating_sub(1);
        let (row, column) = (self.row, self.column);
        self.page().0[row][column] = ' ';
    }

    fn move_to(&mut self, row: usize, column: usize) {
        let row = row.min(ROWS - 1);
        if self.mode.is_some_and(|mode| mode.is_rollup()) && row != self.row {
            // The rows move with their base.
            let mut moved = Page::new();
            let count = self.rolling_rows().min(row + 1).min(self.row + 1);
            for up in 0..count {
                moved.0[row - up] = self.displayed.0[self.row - up];
            }
            self.displayed = moved;
        }
        (self.row, self.column) = (row, column.min(COLUMNS - 1));
    }

    fn rolling_rows(&self) -> usize {
        self.mode.and_then(|mode| mode.rollup_rows()).map_or(1, usize::from)
    }

    fn roll_up(&mut self) {
        self.column = 0;
        if !self.mode.is_some_and(|mode| mode.is_rollup()) {
            return;
        }
        let first = (self.row + 1).saturating_sub(self.rolling_rows());
        for row in first..self.row {
            self.displayed.0[row] = self.displayed.0[row + 1];
        }
        self.displayed.0[self.row] = [' '; COLUMNS];
        // What has left the rows is gone.
        self.displayed.0[..first].fill([' '; COLUMNS]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cea608_types::tables::{Channel, PreambleAddressCode, PreambleType};

    const CC1: Channel = Channel::ONE;

    fn write(screen: &mut Screen, text: &str) {
        for c in text.chars() {
            screen.take(Cea608::Text(Text { needs_backspace: false, char1: Some(c), char2: None, channel: CC1 }));
        }
    }

    fn at(row: u8) -> Cea608 {
        Cea608::Preamble(CC1, PreambleAddressCode::new(row, false, PreambleType::from_indent(4).unwrap()))
    }

    #[test]
    fn captions_that_pop_on_appear_when_they_are_complete() {
        let mut screen = Screen::new();
        write(&mut screen, "before any mode");
        screen.take(Cea608::NewMode(CC1, Mode::PopOn));
        screen.take(at(12));
        write(&mut screen, "Hello");
        screen.take(at(13));
        write(&mut screen, "world");
        assert_eq!(screen.text(), "");
        screen.take(Cea608::EndOfCaption(CC1));
        assert_eq!(screen.text(), "Hello\nworld");
        screen.take(Cea608::EraseDisplay(CC1));
        assert_eq!(screen.text(), "");
    }

    #[test]
    fn captions_roll_up_and_leave_at_the_top() {
        let mut screen = Screen::new();
        screen.take(Cea608::NewMode(CC1, Mode::RollUp2));
        for line in ["one", "two", "three"] {
            screen.take(Cea608::CarriageReturn(CC1));
            write(&mut screen, line);
        }
        assert_eq!(screen.text(), "two\nthree");
        screen.take(at(3));
        assert_eq!(screen.text(), "two\nthree", "the rows have moved");
    }

    #[test]
    fn characters_are_corrected_and_rows_do_not_overflow() {
        let mut screen = Screen::new();
        screen.take(Cea608::NewMode(CC1, Mode::PaintOn));
        write(&mut screen, "cafe");
        let accent = Text { needs_backspace: true, char1: Some('é'), char2: None, channel: CC1 };
        screen.take(Cea608::Text(accent));
        assert_eq!(screen.text(), "café");
        screen.take(Cea608::Backspace(CC1));
        assert_eq!(screen.text(), "caf");
        write(&mut screen, &"x".repeat(100));
        assert_eq!(screen.text().chars().count(), COLUMNS);
        (0..40).for_each(|_| screen.take(Cea608::Backspace(CC1)));
        assert_eq!(screen.text(), "x", "the last column is written over and over");
    }
}
