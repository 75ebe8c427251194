//! Which part of the world a country lies in.

/// A part of the world, as video platforms divide it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum WorldRegion {
    /// The United States, Canada, and islands of the north Atlantic.
    NorthAmerica,
    /// Mexico, central and south America, the Caribbean.
    LatinAmerica,
    /// Northern, western and southern Europe.
    Europe,
    /// Eastern and south-eastern Europe.
    EasternEurope,
    /// The Middle East with Türkiye, and Africa.
    MiddleEastAfrica,
    /// Asia between these, and Oceania.
    AsiaPacific,
    /// China, Japan, Korea, Mongolia, Taiwan.
    EastAsia,
    /// No country that is known.
    Other,
}

impl WorldRegion {
    /// Where the country is looked for, in this order.
    pub const ATTRIBUTES: &'static [&'static str] = &["country", "country_code", "geo_country", "country_iso"];

    /// Its name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NorthAmerica => "north america",
            Self::LatinAmerica => "latin america",
            Self::Europe => "europe",
            Self::EasternEurope => "eastern europe",
            Self::MiddleEastAfrica => "middle east and africa",
            Self::AsiaPacific => "asia-pacific",
            Self::EastAsia => "east asia",
            Self::Other => "other",
        }
    }

    /// The region of a country by its code of two letters (ISO 3166-1, and XK for Kosovo), in either case.
    pub fn of_country(code: &str) -> Self {
        let &[first, second] = code.trim().as_bytes() else { return Self::Other };
        let code = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        let has = |codes: &str| codes.as_bytes().chunks(3).any(|known| known.starts_with(&code));
        REGIONS.iter().find(|(_, codes)| has(codes)).map_or(Self::Other, |(region, _)| *region)
    }
}

/// Codes of each region, three bytes each: a code and a space.
const REGIONS: &[(WorldRegion, &str)] = &[
    (WorldRegion::NorthAmerica, "BM CA GL PM UM US"),
    (
        WorldRegion::LatinAmerica,
        "AG AI AR AW BB BL BO BQ BR BS BV BZ CL CO CR CU CW DM DO EC FK GD GF GP GS GT GY HN HT JM KN KY \
         LC MF MQ MS MX NI PA PE PR PY SR SV SX TC TT UY VC VE VG VI",
    ),
    (
        WorldRegion::Europe,
        "AD AT AX BE CH CY DE DK ES FI FO FR GB GG GI GR IE IM IS IT JE LI LU MC MT NL NO PT SE SJ SM VA",
    ),
    (WorldRegion::EasternEurope, "AL BA BG BY CZ EE HR HU LT LV MD ME MK PL RO RS RU SI SK UA XK"),
    (
        WorldRegion::MiddleEastAfrica,
        "AE AO BF BH BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IL IO IQ IR JO KE KM \
         KW LB LR LS LY MA MG ML MR MU MW MZ NA NE NG OM PS QA RE RW SA SC SD SH SL SN SO SS ST SY SZ TD \
         TF TG TN TR TZ UG YE YT ZA ZM ZW",
    ),
    (
        WorldRegion::AsiaPacific,
        "AF AM AS AU AZ BD BN BT CC CK CX FJ FM GE GU HM ID IN KG KH KI KZ LA LK MH MM MP MV MY NC NF NP \
         NR NU NZ PF PG PH PK PN PW SB SG TH TJ TK TL TM TO TV UZ VN VU WF WS",
    ),
    (WorldRegion::EastAsia, "CN HK JP KP KR MN MO TW"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_is_in_one_region() {
        let mut codes: Vec<&str> = REGIONS.iter().flat_map(|(_, codes)| codes.split(' ')).collect();
        assert!(codes.iter().all(|code| code.len() == 2));
        codes.sort_unstable();
        codes.dedup();
        // The 249 of ISO 3166-1 without Antarctica, and Kosovo.
        assert_eq!(codes.len(), 249);
        for (region, own) in REGIONS {
            for code in own.split(' ') {
                assert_eq!(WorldRegion::of_country(&code.to_lowercase()), *region, "{code}");
            }
        }
    }

    #[test]
    fn other_texts_are_elsewhere() {
        for text in ["", "D", "DEU", "Germany", "ZZ", "A ", "  "] {
            assert_eq!(WorldRegion::of_country(text), WorldRegion::Other, "{text:?}");
        }
        assert_eq!(WorldRegion::of_country(" de "), WorldRegion::Europe);
    }
}
