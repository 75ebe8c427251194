//! Where text goes.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use audience_report::{CsvTable, printable};

use crate::error::Error;

const BAD: Style = AnsiColor::Red.on_default().bold();

/// Says on standard error what went wrong.
pub(crate) fn complain(error: &Error) {
    // Standard error is the last place to complain to.
    let _ = writeln!(anstream::stderr(), "{BAD}error:{BAD:#} {}", printable(&error.to_string()));
}

/// Says on standard error what else there is to say.
pub(crate) fn remark(text: &str) {
    // Nothing is lost if nobody hears it.
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// What to write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OutputFormat {
    Html,
    Json,
    Text,
}

impl OutputFormat {
    /// As the file's name ends, unless it must be JSON.
    pub(crate) fn of(file: Option<&Path>, json: bool) -> Self {
        let name = file.and_then(Path::extension).unwrap_or_default().to_ascii_lowercase();
        match name.to_str() {
            _ if json => Self::Json,
            Some("html" | "htm") => Self::Html,
            Some("json") => Self::Json,
            _ => Self::Text,
        }
    }

    /// Writes what was made of it to the file, or to standard output.
    pub(crate) fn write(self, text: &str, file: Option<&Path>) -> Result<(), Error> {
        match file {
            Some(path) if self != Self::Text => write_bytes(text, path),
            file => write(text, file),
        }
    }
}

/// Columns of the terminal; `otherwise` when there is none, or when it goes to a file.
pub(crate) fn width(file: Option<&Path>, otherwise: usize) -> usize {
    if file.is_some() || !io::stdout().is_terminal() {
        return otherwise;
    }
    terminal_size::terminal_size().map_or(otherwise, |(width, _)| usize::from(width.0))
}

/// Writes text with styles to standard output, or without to a file.
pub(crate) fn write(text: &str, file: Option<&Path>) -> Result<(), Error> {
    match file {
        None => {
            let mut out = anstream::stdout().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Error::Stdout)
        }
        Some(path) => {
            let plain = anstream::adapter::strip_str(text).to_string();
            write_bytes(&plain, path)
        }
    }
}

/// A file that is gone again unless it was written to its end: half of one looks like a whole one to some.
pub(crate) struct Unfinished(Option<PathBuf>);

impl Unfinished {
    /// Creates the file, in place of any that is there.
    pub(crate) fn create(path: &Path) -> io::Result<(Self, File)> {
        let file = File::create(path)?;
        // A pipe or a device is not ours to remove.
        let ours = file.metadata()?.is_file();
        Ok((Self(ours.then(|| path.to_owned())), file))
    }

    /// It was written to its end.
    pub(crate) fn finish(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // There is an error already, which matters more.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Writes text to a file as it is.
pub(crate) fn write_bytes(text: &str, path: &Path) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Writes tables to files of a folder, which is made if need be.
pub(crate) fn write_tables(tables: &[CsvTable], folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.to_owned(), source })?;
    tables.iter().try_for_each(|table| write_bytes(&table.text, &folder.join(table.file_name)))
}

/// A value as JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    audience_report::to_json(value).map_err(|error| Error::Stdout(error.into()))
}
