//! A bar on the terminal while files are read, or made.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use audience_ingest::{Input, Progress};
use indicatif::{ProgressBar, ProgressStyle};

/// Shows how far reading has come, with rate and time left, until dropped. Shows nothing when standard error is no
/// terminal.
pub(crate) struct Bar {
    bar: Option<(ProgressBar, JoinHandle<()>)>,
}

impl Bar {
    pub(crate) fn new(inputs: &[Input], progress: &Arc<Progress>) -> Self {
        if !io::stderr().is_terminal() {
            return Self { bar: None };
        }
        let total: Option<u64> = inputs.iter().map(Input::size).sum();
        let bar = match total {
            Some(total) => ProgressBar::new(total)
                .with_style(style("reading {bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {msg}, {eta} left")),
            None => {
                ProgressBar::new_spinner().with_style(style("reading {spinner} {bytes} {binary_bytes_per_sec} {msg}"))
            }
        };
        let watcher = {
            let (bar, progress) = (bar.clone(), progress.clone());
            std::thread::spawn(move || {
                while !bar.is_finished() {
                    bar.set_position(progress.bytes.load(Ordering::Relaxed));
                    bar.set_message(format!("{} events", progress.events.load(Ordering::Relaxed)));
                    std::thread::park_timeout(Duration::from_millis(100));
                }
            })
        };
        Self { bar: Some((bar, watcher)) }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((bar, watcher)) = self.bar.take() {
            bar.finish_and_clear();
            watcher.thread().unpark();
            // A watcher that panicked has only cost the bar.
            let _ = watcher.join();
        }
    }
}

/// Shows how many of so many things are done, until dropped. Shows nothing when standard error is no terminal, or what is
/// done goes to the same one.
pub(crate) struct Steps {
    bar: Option<ProgressBar>,
}

impl Steps {
    pub(crate) fn new(things: &str, total: u64, output: Option<&Path>) -> Self {
        let bar = (io::stderr().is_terminal() && (output.is_some() || !io::stdout().is_terminal())).then(|| {
            let template = format!("{{bar:30}} {{pos}}/{{len}} {things}, {{eta}} left");
            ProgressBar::new(total).with_style(style(&template))
        });
        Self { bar }
    }

    pub(crate) fn done(&self, count: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(count);
        }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
