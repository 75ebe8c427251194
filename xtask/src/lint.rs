//! Formatting, lints and documentation.

use crate::shell::{cargo, execute};

pub(crate) fn run() -> anyhow::Result<()> {
    execute(&mut cargo(["fmt", "--all", "--check"]))?;
    execute(&mut cargo(["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]))?;
    execute(cargo(["doc", "--workspace", "--all-features", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}
