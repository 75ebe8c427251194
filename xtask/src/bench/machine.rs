//! What the benchmarks ran on.

use std::process::Command;

/// Processor, cores, memory, compiler.
pub(super) fn describe() -> String {
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok())
        .map_or(String::new(), |kib| format!(", {:.0} GiB of memory", kib / 1024.0 / 1024.0));
    let compiler =
        Command::new("rustc").arg("--version").output().ok().and_then(|output| String::from_utf8(output.stdout).ok());
    let compiler = compiler.map_or(String::new(), |text| {
        let version = text.split_whitespace().nth(1).unwrap_or("?").to_owned();
        format!(", rustc {version}")
    });
    format!("Machine: {processor}, {cores} cores{memory}, {}{compiler}.", std::env::consts::OS)
}

/// The first value of a key in one of the kernel's files.
fn field(file: &str, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
