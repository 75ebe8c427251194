//! Who watches, when, and on what.

/// The viewers.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Viewers {
    /// How many there are; without a number, one for three sessions.
    pub count: Option<u64>,
    /// How much viewers differ in how often they watch: the standard deviation of the logarithm of their activity. 1.
    pub activity_spread: f64,
    /// The share of viewers who are there from the first day; the others come one after the other, evenly over all days.
    /// 0.6.
    pub present: f64,
    /// How long viewers stay before they are gone for good, on average, in days (exponential). 60.
    pub stay_days: f64,
    /// The share of viewers who have a playback rate of their own (1.25 to 2). 0.06.
    pub speeders: f64,
    /// The share of viewers who skip intros and credits where they can. 0.55.
    pub skippers: f64,
    /// When they watch.
    pub rhythm: Rhythm,
    /// What they watch on.
    pub devices: Vec<Device>,
    /// Where they are.
    pub countries: Vec<Country>,
    /// Who delivers; drawn for each session.
    pub cdns: Vec<Cdn>,
}

impl Default for Viewers {
    fn default() -> Self {
        let device = |name: &str, share, median_kbps, bandwidth_spread, max_height, start_up, dropped| Device {
            name: name.to_owned(),
            share,
            median_kbps,
            bandwidth_spread,
            max_height,
            start_up,
            dropped,
        };
        let country = |name: &str, share, bandwidth| Country { name: name.to_owned(), share, bandwidth };
        let cdn = |name: &str, share, start_up, bandwidth| Cdn { name: name.to_owned(), share, start_up, bandwidth };
        Self {
            count: None,
            activity_spread: 1.0,
            present: 0.6,
            stay_days: 60.0,
            speeders: 0.06,
            skippers: 0.55,
            rhythm: Rhythm::default(),
            devices: vec![
                device("tv", 0.34, 22_000.0, 0.6, 2160, 1.3, 0.000_5),
                device("web", 0.28, 18_000.0, 0.7, 1080, 0.9, 0.002),
                device("phone", 0.3, 7_000.0, 0.8, 720, 1.0, 0.001),
                device("tablet", 0.08, 12_000.0, 0.7, 1080, 1.0, 0.001),
            ],
            countries: vec![
                country("US", 0.34, 1.2),
                country("DE", 0.2, 1.0),
                country("GB", 0.14, 1.1),
                country("BR", 0.14, 0.7),
                country("IN", 0.12, 0.5),
                country("JP", 0.06, 1.5),
            ],
            cdns: vec![cdn("north", 0.5, 1.0, 1.0), cdn("south", 0.35, 1.0, 1.0), cdn("edge", 0.15, 1.4, 0.8)],
        }
    }
}

/// How many sessions begin at which hour: the product of both weights, and of chance.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Rhythm {
    /// Weights of the hours of a day, from the hour that begins at midnight UTC on. Most at 20:00, least at 4:00.
    pub hours: [f64; 24],
    /// Weights of the days of a week, from Monday on. 1.3 at weekends, 1.1 on Fridays.
    pub weekdays: [f64; 7],
    /// How much days and hours differ from what they usually are: the standard deviation of the logarithm of the factor
    /// of each day, and of that of each hour. 0.08.
    pub spread: f64,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self {
            hours: [
                4.0, 2.5, 1.6, 1.1, 0.9, 1.0, 1.6, 2.6, 3.2, 3.4, 3.5, 3.8, 4.5, 4.4, 4.0, 4.1, 4.8, 6.0, 7.6, 9.4,
                10.0, 9.2, 7.4, 5.6,
            ],
            weekdays: [1.0, 0.95, 0.95, 1.0, 1.1, 1.3, 1.3],
            spread: 0.08,
        }
    }
}

/// A kind of device.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Device {
    /// The value of the attribute `device`.
    pub name: String,
    /// Its share of the viewers.
    pub share: f64,
    /// Median over viewers of the bandwidth, in kbit/s.
    pub median_kbps: f64,
    /// Standard deviation over viewers of the logarithm of the bandwidth.
    pub bandwidth_spread: f64,
    /// The most lines of a picture it plays.
    pub max_height: u32,
    /// Factor on start-up times.
    pub start_up: f64,
    /// The share of frames it drops, on average.
    pub dropped: f64,
}

/// Where viewers are.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Country {
    /// The value of the attribute `country`.
    pub name: String,
    /// Its share of the viewers.
    pub share: f64,
    /// Factor on the bandwidth.
    pub bandwidth: f64,
}

/// A delivery network.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Cdn {
    /// The value of the attribute `cdn`.
    pub name: String,
    /// Its share of the sessions.
    pub share: f64,
    /// Factor on start-up times.
    pub start_up: f64,
    /// Factor on the bandwidth.
    pub bandwidth: f64,
}
