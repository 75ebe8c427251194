//! From addresses in a manifest to paths of requests.

/// The path that `reference` means in a manifest or base at `base`: what begins with `/` is whole, all else is the end of a
/// path. Hosts and queries are no part of it.
pub(super) fn resolve(base: &str, reference: &str) -> String {
    let reference = &reference[..reference.find(['?', '#']).unwrap_or(reference.len())];
    let host = match reference.find("//") {
        Some(0) => Some(2),
        Some(at) if reference[..at].ends_with(':') && !reference[..at].contains('/') => Some(at + 2),
        _ => None,
    };
    if let Some(host) = host {
        let rest = &reference[host..];
        return normal(&rest[rest.find('/').unwrap_or(rest.len())..], true);
    }
    if reference.starts_with('/') {
        return normal(reference, true);
    }
    if reference.is_empty() {
        return base.to_owned();
    }
    let folder = &base[..base.rfind('/').map_or(0, |slash| slash + 1)];
    normal(&format!("{folder}{reference}"), base.starts_with('/'))
}

/// The path of a folder, from its address.
pub(super) fn folder(address: &str) -> String {
    let path = resolve("/", address);
    if path.ends_with('/') { path } else { path + "/" }
}

/// A path without `.` and `..`.
fn normal(path: &str, whole: bool) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let names = path.strip_prefix('/').unwrap_or(path);
    let last = names.rsplit('/').next().unwrap_or_default();
    for part in names.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut normal = if whole { "/".to_owned() } else { String::new() };
    normal += &parts.join("/");
    if matches!(last, "." | "..") && !normal.ends_with('/') && !normal.is_empty() {
        normal.push('/');
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_as_addresses_are() {
        for (base, reference, expected) in [
            ("", "1.ts", "1.ts"),
            ("", "video/1.ts?token=x#y", "video/1.ts"),
            ("", "../audio/1.ts", "audio/1.ts"),
            ("", "./1.ts", "1.ts"),
            ("", "/a/1.ts", "/a/1.ts"),
            ("", "https://h:8080/a/1.ts?b", "/a/1.ts"),
            ("", "//h/a/1.ts", "/a/1.ts"),
            ("", "https://h", "/"),
            ("/media/hls/", "1.ts", "/media/hls/1.ts"),
            ("/media/hls/", "../1.ts", "/media/1.ts"),
            ("/media/hls/", "../../../../1.ts", "/1.ts"),
            ("/media/hls/index.m3u8", "a/./b/../1.ts", "/media/hls/a/1.ts"),
            ("/media/hls/", "", "/media/hls/"),
            ("/media/hls/", "..", "/media/"),
            ("video/", "1.ts", "video/1.ts"),
            ("video", "1.ts", "1.ts"),
            ("a/", "b//c", "a/b//c"),
        ] {
            assert_eq!(resolve(base, reference), expected, "{base} {reference}");
        }
    }

    #[test]
    fn a_folder_ends_in_a_slash() {
        assert_eq!(folder("/media/hls"), "/media/hls/");
        assert_eq!(folder("https://h/media/?x"), "/media/");
        assert_eq!(folder("media"), "/media/");
        assert_eq!(folder("/"), "/");
    }
}
