//! IP addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::names;

/// Names of attributes that hold the viewer's address.
const NAMES: [&str; 35] = [
    "cfconnectingip",
    "cip",
    "clientaddr",
    "clientaddress",
    "clientip",
    "clientipaddress",
    "cliip",
    "connectingip",
    "customerip",
    "deviceip",
    "endpointip",
    "fastlyclientip",
    "forwarded",
    "forwardedfor",
    "ip",
    "ipaddr",
    "ipaddress",
    "ipv4",
    "ipv6",
    "localip",
    "peerip",
    "publicip",
    "realip",
    "remoteaddr",
    "remoteaddress",
    "remotehost",
    "remoteip",
    "sourceip",
    "srcip",
    "trueclientip",
    "userip",
    "useripaddress",
    "viewerip",
    "xforwardedfor",
    "xrealip",
];

/// Whether an attribute of this name holds the viewer's address.
pub(super) fn is_name(name: &str) -> bool {
    names::is_one_of(name, &NAMES)
}

/// Whether a value is an address, or a list of them.
pub(super) fn is_address(value: &str) -> bool {
    // Hardly any value gets past this, and parsing takes longer.
    let likely = value.len() >= 2 && value.bytes().all(|byte| byte.is_ascii_hexdigit() || b".:[]%, /".contains(&byte));
    likely && value.split(',').all(|part| parse(part).is_some())
}

/// The networks of the addresses in a value; what is no address is left out.
pub(super) fn networks(value: &str) -> Option<String> {
    let networks: Vec<String> =
        value.split(',').filter_map(parse).map(|address| network(address).to_string()).collect();
    (!networks.is_empty()).then(|| networks.join(", "))
}

/// An address, maybe with a port or a zone.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = |text: &str| text.split(['%', '/']).next().unwrap_or_default().parse().ok();
    bare(text)
        .or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
        .or_else(|| bare(text.strip_prefix('[')?.split(']').next()?))
}

/// The first 24 bits of IPv4, the first 48 of IPv6; of IPv6 that has an IPv4 address in it, the first 24 of that.
fn network(address: IpAddr) -> IpAddr {
    let of_v4 = |address: Ipv4Addr| Ipv4Addr::from_bits(address.to_bits() & 0xffff_ff00);
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(of_v4(address)),
        IpAddr::V6(address) => {
            // 6to4 has all of it in the first 48 bits.
            let kept = if address.segments()[0] == 0x2002 { 40 } else { 48 };
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> kept)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> String {
        networks(value).unwrap_or_default()
    }

    #[test]
    fn names_are_in_order() {
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn networks_are_the_first_24_and_48_bits() {
        assert_eq!(of("203.0.113.77"), "203.0.113.0");
        assert_eq!(of("2001:db8:1234:5678:9abc:def0:1234:5678"), "2001:db8:1234::");
        assert_eq!(of("::1"), "::");
    }

    #[test]
    fn ipv4_in_ipv6_is_ipv4() {
        assert_eq!(of("::ffff:203.0.113.77"), "203.0.113.0");
        assert_eq!(of("2002:cb00:714d:1::2"), "2002:cb00:7100::");
        assert_eq!(of("64:ff9b::203.0.113.77"), "64:ff9b::");
    }

    #[test]
    fn ports_zones_lists_and_prefixes_are_read() {
        assert_eq!(of("203.0.113.77:8080"), "203.0.113.0");
        assert_eq!(of("[2001:db8:1:2::3]:443"), "2001:db8:1::");
        assert_eq!(of("[2001:db8:1:2::3]"), "2001:db8:1::");
        assert_eq!(of("fe80::1%eth0"), "fe80::");
        assert_eq!(of("203.0.113.77/32"), "203.0.113.0");
        assert_eq!(of("203.0.113.77, unknown, 198.51.100.9"), "203.0.113.0, 198.51.100.0");
        assert_eq!(networks("unknown"), None);
        assert_eq!(networks(""), None);
    }

    #[test]
    fn addresses_are_told_from_other_values() {
        for value in ["203.0.113.77", "::1", "2001:db8::1", "203.0.113.77, ::1", "203.0.113.77:80"] {
            assert!(is_address(value), "{value}");
        }
        for value in ["", "tv", "4.12.1", "12:30:00", "fade", "203.0.113.77 and more", "1.2.3.4.5"] {
            assert!(!is_address(value), "{value}");
        }
    }

    #[test]
    fn usual_names_are_known() {
        for name in ["ip", "client_ip", "IP_Address", "user_ipaddress", "c-ip", "cliIP", "X-Forwarded-For", "clientIp"]
        {
            assert!(is_name(name), "{name}");
        }
        for name in ["zip", "description", "edge", "equip", "tip"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
