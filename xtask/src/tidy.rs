//! Rules of the workspace that no compiler knows.

mod files;
mod layers;

use anyhow::bail;

use crate::shell::root;

#[expect(clippy::print_stderr, reason = "whoever runs a task sees what it finds")]
pub(crate) fn run() -> anyhow::Result<()> {
    let faults = faults()?;
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} rules are broken", faults.len());
    }
    Ok(())
}

/// Everything that breaks a rule, one line each.
fn faults() -> anyhow::Result<Vec<String>> {
    let mut faults = layers::faults(&root())?;
    faults.extend(files::faults(&root())?);
    Ok(faults)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_workspace_is_tidy() {
        assert_eq!(super::faults().unwrap(), Vec::<String>::new());
    }
}
