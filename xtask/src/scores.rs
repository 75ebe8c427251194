//! Which scores of sessions agree with each other.

use anyhow::Context;
use audience_core::{Accumulator, Rules, SessionFacts};
use audience_qoe::{Score, ScoreRules, ScoreSummary, Scores, SessionScores};
use audience_simulate::{Scenario, Simulation};
use audience_stats::spearman;

/// Simulate sessions and print how all scores of them are distributed, and how far they put them in the order in which our own
/// index does.
#[derive(clap::Args, Debug)]
pub(crate) struct ScoresTask {
    /// How many sessions of each scenario.
    #[arg(long, default_value_t = 20_000)]
    sessions: u64,
    /// What random numbers follow from.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

impl ScoresTask {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        for (name, scenario) in scenarios(self.sessions) {
            let table = table(name, scenario, self.seed)?;
            #[expect(clippy::print_stdout, reason = "this is what the task is for")]
            {
                println!("{table}");
            }
        }
        Ok(())
    }
}

/// What is simulated: the defaults, and what makes scores differ.
fn scenarios(sessions: u64) -> [(&'static str, Scenario); 3] {
    let usual = Scenario { sessions, ..Scenario::default() };
    let mut poor = usual.clone();
    poor.network.outage = 0.1;
    poor.network.start_up.median_secs = 1.5;
    for device in &mut poor.viewers.devices {
        device.median_kbps *= 0.2;
    }
    let mut failing = usual.clone();
    failing.failures.start = 0.05;
    failing.failures.fatal_per_hour = 1.0;
    for device in &mut failing.viewers.devices {
        device.dropped = 0.05;
    }
    [("As usual", usual), ("Poor networks", poor), ("Failing players", failing)]
}

/// The width and height of the player on a device, which the simulation does not know.
fn player_size(device: &str) -> (&'static str, &'static str) {
    match device {
        "tv" => ("3840", "2160"),
        "web" => ("1280", "720"),
        "tablet" => ("1024", "768"),
        _ => ("844", "390"),
    }
}

/// What is simulated, and a line of Markdown for each score.
fn table(name: &str, scenario: Scenario, seed: u64) -> anyhow::Result<String> {
    let simulation = Simulation::new(scenario, seed)?;
    let rules = ScoreRules::default();
    let (mut tallied, mut scores) = (Scores::new(rules), Vec::new());
    for number in 0..simulation.sessions() {
        let facts = facts(&simulation, number);
        tallied.observe(&facts);
        scores.push(rules.scores(&facts));
    }
    let summary = tallied.summary();
    let mut lines = vec![
        format!("**{name}**: {} sessions, {} never played", summary.sessions, summary.never_played),
        String::new(),
        "| score | sessions | mean | p5 | p25 | p50 | p75 | ρ with `experience` |".to_owned(),
        "|---|--:|--:|--:|--:|--:|--:|--:|".to_owned(),
    ];
    for score in Score::ALL {
        let rho = agreement(&scores, |of| *of.get(score))?;
        lines.push(line(score.name(), summary.scores.get(score), rho));
    }
    let mux_mean = |of: &SessionScores| Some(f64::midpoint(of.mux_startup?, of.mux_smoothness?));
    let rho = agreement(&scores, mux_mean)?;
    let both = scores.iter().filter(|of| mux_mean(of).is_some()).count();
    lines.push(format!("| mean of `mux_startup` and `mux_smoothness` | {both} | | | | | | {} |", shown(rho)));
    Ok(lines.join("\n") + "\n")
}

fn facts(simulation: &Simulation, number: u64) -> SessionFacts {
    let session = simulation.session(number);
    let device = session.attributes.iter().find(|(name, _)| &**name == "device");
    let (width, height) = player_size(device.map_or("", |(_, device)| device));
    let session = session.to_session().with_attribute("player_width", width).with_attribute("player_height", height);
    session.facts(&Rules::default(), None)
}

/// Spearman's correlation with our own index, over the sessions that have both.
fn agreement(scores: &[SessionScores], of: impl Fn(&SessionScores) -> Option<f64>) -> anyhow::Result<Option<f64>> {
    let both = scores.iter().filter_map(|scores| of(scores).zip(scores.experience));
    let (x, y): (Vec<f64>, Vec<f64>) = both.unzip();
    spearman(&x, &y).context("scores are numbers")
}

fn line(name: &str, summary: &ScoreSummary, rho: Option<f64>) -> String {
    let quantiles = [summary.mean, summary.p5, summary.p25, summary.p50, summary.p75].map(shown);
    format!("| `{name}` | {} | {} | {} |", summary.sessions, quantiles.join(" | "), shown(rho))
}

fn shown(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_score_is_in_the_table_and_agrees_with_itself() {
        for (name, scenario) in scenarios(60) {
            let table = table(name, scenario.clone(), 7).unwrap();
            assert!(Score::ALL.iter().all(|score| table.contains(score.name())), "{name}");
            let ours = table.lines().find(|line| line.starts_with("| `experience`")).unwrap();
            assert!(ours.ends_with(" 1.00 |"), "{ours}");
            assert_eq!(super::table(name, scenario, 7).unwrap(), table);
        }
    }

    #[test]
    fn the_page_has_the_tables_as_they_are_printed() {
        let page = std::fs::read_to_string(crate::shell::root().join("docs/methods/scores.md")).unwrap();
        for (name, scenario) in scenarios(20_000) {
            let table = table(name, scenario, 7).unwrap();
            assert!(page.contains(&table), "put this into docs/methods/scores.md: {table}");
        }
    }
}
