//! A terminal that is drawn again and again.

use std::io::{self, Write};

/// What was drawn last.
#[derive(Debug, Default)]
pub(super) struct Screen {
    lines: usize,
}

impl Screen {
    /// Draws this in place of what was drawn before: as many lines as there is room for.
    pub(super) fn draw(&mut self, text: &str) -> io::Result<()> {
        let height = terminal_size::terminal_size().map_or(24, |(_, height)| usize::from(height.0));
        self.clear()?;
        let lines: Vec<&str> = text.trim_end().lines().take(height.saturating_sub(1)).collect();
        let mut out = anstream::stdout().lock();
        for line in &lines {
            writeln!(out, "{line}")?;
        }
        self.lines = lines.len();
        out.flush()
    }

    /// Takes away what was drawn.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        let lines = std::mem::take(&mut self.lines);
        if lines > 0 {
            // Up so many lines, and nothing from there on. Whoever wants no colours wants this still.
            let mut out = io::stdout().lock();
            write!(out, "\x1b[{lines}A\x1b[J")?;
            out.flush()?;
        }
        Ok(())
    }
}
