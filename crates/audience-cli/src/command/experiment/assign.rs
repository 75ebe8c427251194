//! `audience experiment assign`

mod arms;
mod summary;

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use audience_core::Timestamp;
use audience_report::{parse_time, parse_zone};
use serde::Serialize;

use crate::args::{AssignArgs, RowFormat};
use crate::command::convert::same_file;
use crate::error::Error;
use crate::output::{self, Unfinished};
use arms::Arms;
use summary::Summary;

pub(crate) fn run(args: &AssignArgs) -> Result<ExitCode, Error> {
    let experiment = args.asked(super::read)?;
    let at = match &args.at {
        Some(text) => parse_time(text, &parse_zone("UTC")?)?,
        None => now(),
    };
    let arms = Arms::new(&experiment, args.scheme, args.utf16, at)?;
    let output = args.output.as_deref().filter(|path| *path != Path::new("-"));
    // What is read is gone when it is written to.
    let read = [Some(args.file.as_path()), args.experiment.as_deref()];
    if let Some(path) = read.into_iter().flatten().find(|path| output.is_some_and(|output| same_file(path, output))) {
        return Err(Error::OntoItself { path: path.to_owned() });
    }
    let ids = Ids::open(&args.file)?;
    let mut summary = Summary::of(&experiment);
    match output {
        None => {
            let out = BufWriter::new(io::stdout().lock());
            write_rows(ids, &arms, args.format, out, &mut summary, Error::Stdout)?;
        }
        Some(path) => {
            let failed = |source| Error::Write { path: path.to_owned(), source };
            let (unfinished, file) = Unfinished::create(path).map_err(failed)?;
            write_rows(ids, &arms, args.format, BufWriter::new(file), &mut summary, failed)?;
            unfinished.finish();
        }
    }
    output::remark(&summary.to_text());
    Ok(ExitCode::SUCCESS)
}

/// What the clock says.
fn now() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}

/// What is said of an id.
#[derive(Clone, Copy, Debug, Serialize)]
struct Row<'r> {
    unit: &'r str,
    arm: Option<&'r str>,
    reason: Option<&'static str>,
}

/// Writes a row for each id as it is read.
fn write_rows<W: Write>(
    mut ids: Ids,
    arms: &Arms<'_>,
    format: RowFormat,
    mut out: W,
    summary: &mut Summary<'_>,
    failed: impl Fn(io::Error) -> Error,
) -> Result<(), Error> {
    if format == RowFormat::Csv {
        out.write_all(b"unit,arm,reason\n").map_err(&failed)?;
    }
    while let Some(unit) = ids.next()? {
        let found = arms.of(unit);
        summary.count(found);
        let row = match found {
            Ok(arm) => Row { unit, arm: arms.name(arm), reason: None },
            Err(reason) => Row { unit, arm: None, reason: Some(reason.as_str()) },
        };
        match format {
            RowFormat::Csv => write_csv(&mut out, row),
            RowFormat::Json => serde_json::to_writer(&mut out, &row).map_err(io::Error::from),
        }
        .and_then(|()| out.write_all(b"\n"))
        .map_err(&failed)?;
    }
    out.flush().map_err(failed)
}

fn write_csv(out: &mut impl Write, row: Row<'_>) -> io::Result<()> {
    write_cell(out, row.unit)?;
    out.write_all(b",")?;
    write_cell(out, row.arm.unwrap_or_default())?;
    write!(out, ",{}", row.reason.unwrap_or_default())
}

/// A cell, in quotes where it would be read as something else without (RFC 4180).
fn write_cell(out: &mut impl Write, text: &str) -> io::Result<()> {
    if text.contains([',', '"', '\n', '\r']) {
        write!(out, "\"{}\"", text.replace('"', "\"\""))
    } else {
        out.write_all(text.as_bytes())
    }
}

/// Ids, one a line.
struct Ids {
    from: Box<dyn BufRead>,
    /// For messages.
    name: String,
    line: u64,
    bytes: Vec<u8>,
}

impl Ids {
    fn open(path: &Path) -> Result<Self, Error> {
        let from: Box<dyn BufRead> = if path == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            let file = File::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
            Box::new(BufReader::with_capacity(1 << 16, file))
        };
        Ok(Self { from, name: path.display().to_string(), line: 0, bytes: Vec::new() })
    }

    /// The next line, without its end; `None` after the last.
    fn next(&mut self) -> Result<Option<&str>, Error> {
        self.bytes.clear();
        let wrong = |source| Error::Read { path: self.name.clone().into(), source };
        if self.from.read_until(b'\n', &mut self.bytes).map_err(wrong)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let line = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Ok(unit) = std::str::from_utf8(line) else {
            let (name, line, value) = (self.name.clone(), self.line, String::from_utf8_lossy(line).into_owned());
            return Err(Error::NoText { name, line, value });
        };
        // Some programs begin files with a mark of their byte order.
        Ok(Some(if self.line == 1 { unit.trim_start_matches('\u{feff}') } else { unit }))
    }
}
