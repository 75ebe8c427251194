//! Names of titles that do not exist.

use super::TitleKind;
use crate::random::Stream;

const FIRST: [&str; 24] = [
    "Quiet", "Northern", "Paper", "Second", "Hidden", "Copper", "Long", "Glass", "Winter", "Open", "Crooked", "Golden",
    "Borrowed", "Early", "Salt", "Distant", "Green", "Seventh", "Broken", "Silver", "Slow", "Painted", "Last", "Wild",
];
const SECOND: [&str; 24] = [
    "Harbour",
    "River",
    "Lanterns",
    "Kitchen",
    "Mountain",
    "Letters",
    "Station",
    "Garden",
    "Orchard",
    "Signal",
    "Bridge",
    "Summer",
    "Coast",
    "Workshop",
    "Theatre",
    "Valley",
    "Island",
    "Library",
    "Market",
    "Forest",
    "Ferry",
    "Tower",
    "Road",
    "Observatory",
];
const LESSON: [&str; 12] = [
    "How bread rises",
    "Knots in minutes",
    "Reading clouds",
    "A bicycle chain, cleaned",
    "Goal of the week",
    "Three ways to fold a map",
    "The sharpest knife",
    "Weather for the coast",
    "Sounds of the city",
    "One pot, four dinners",
    "Drawing hands",
    "The night sky this month",
];
const CHANNEL: [&str; 4] = ["News", "Sports", "Music", "Nature"];

/// Names titles one after the other, so that episodes of a series follow each other.
#[derive(Debug, Default)]
pub(super) struct Names {
    series: String,
    episode: u64,
    episodes: u64,
    lessons: u64,
    channels: u64,
}

impl Names {
    pub(super) fn next(&mut self, kind: TitleKind, stream: &mut Stream) -> String {
        let mut pair = || {
            let (first, second) = (stream.below(FIRST.len() as u64), stream.below(SECOND.len() as u64));
            format!("{} {}", FIRST[first as usize], SECOND[second as usize])
        };
        match kind {
            TitleKind::Clip => {
                self.lessons += 1;
                numbered(&LESSON, self.lessons - 1)
            }
            TitleKind::Episode => {
                if self.episode >= self.episodes {
                    self.series = pair();
                    self.episode = 0;
                    self.episodes = 4 + stream.below(7);
                }
                self.episode += 1;
                format!("{}, episode {}", self.series, self.episode)
            }
            TitleKind::Film => format!("The {} (film)", pair()),
            TitleKind::Trailer => format!("Trailer: {}", pair()),
            TitleKind::Live => {
                self.channels += 1;
                format!("{} live", numbered(&CHANNEL, self.channels - 1))
            }
        }
    }
}

/// Of a list that is gone through again and again, with the number of the round from the second one on.
fn numbered(names: &[&str], index: u64) -> String {
    let (round, at) = (index / names.len() as u64, index % names.len() as u64);
    let name = names[at as usize];
    if round == 0 { name.to_owned() } else { format!("{name} {}", round + 1) }
}
