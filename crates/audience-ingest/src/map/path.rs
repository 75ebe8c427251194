//! Paths into nested values: `player.currentTime`, `items[0].id`, `params[key=percent].value`.

/// A step of a path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// The value of a key.
    Key(Box<str>),
    /// The value of any key that begins so.
    Prefix(Box<str>),
    /// An item of a list, from 0.
    Index(usize),
    /// The item of a list whose key has this value.
    Where(Box<str>, Box<str>),
}

/// A path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Path {
    /// Whether it begins at the line, and not at the record.
    pub(super) from_line: bool,
    pub(super) steps: Vec<Step>,
}

impl Path {
    /// The most steps.
    const MOST: usize = 16;

    /// The path that a text is; otherwise, what it is not.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let (from_line, mut rest) = match text.strip_prefix("$.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut steps = Vec::new();
        loop {
            let (step, after) = if let Some(quoted) = rest.strip_prefix('"') {
                let (key, after) = quoted.split_once('"').ok_or("a path: the quotation mark has no end")?;
                (Step::Key(key.into()), after)
            } else {
                let end = rest.find(['.', '[', ']', '"']).unwrap_or(rest.len());
                let (key, after) = rest.split_at(end);
                match key.strip_suffix('*') {
                    Some(prefix) => (Step::Prefix(prefix.into()), after),
                    None => (Step::Key(key.into()), after),
                }
            };
            if step == Step::Key("".into()) {
                return Err("a path: a key is empty");
            }
            steps.push(step);
            rest = Self::brackets(after, &mut steps)?;
            if steps.len() > Self::MOST {
                return Err("a path: it has too many steps");
            }
            match rest.strip_prefix('.') {
                Some(after) => rest = after,
                None if rest.is_empty() => return Ok(Self { from_line, steps }),
                None => return Err("a path: keys are separated by dots (\"…\" around those that have dots in them)"),
            }
        }
    }

    fn brackets<'t>(mut rest: &'t str, steps: &mut Vec<Step>) -> Result<&'t str, &'static str> {
        while let Some(bracket) = rest.strip_prefix('[') {
            let (inside, after) = bracket.split_once(']').ok_or("a path: the bracket has no end")?;
            steps.push(match inside.split_once('=') {
                Some((key, value)) if !key.is_empty() => Step::Where(key.into(), value.into()),
                _ => Step::Index(inside.parse().map_err(|_| "a path: in brackets stands a number, or key=value")?),
            });
            rest = after;
        }
        Ok(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<Step> {
        Path::parse(text).unwrap().steps
    }

    #[test]
    fn paths_are_keys_and_brackets() {
        let key = |key: &str| Step::Key(key.into());
        assert_eq!(steps("a"), [key("a")]);
        assert_eq!(steps("a b.c[2][0].d"), [key("a b"), key("c"), Step::Index(2), Step::Index(0), key("d")]);
        assert_eq!(steps(r#"x."https://a.b/c".y"#), [key("x"), key("https://a.b/c"), key("y")]);
        assert_eq!(steps("p[key=a b].v"), [key("p"), Step::Where("key".into(), "a b".into()), key("v")]);
        assert_eq!(steps("media_player_*[0]"), [Step::Prefix("media_player_".into()), Step::Index(0)]);
        assert!(Path::parse("$.a").unwrap().from_line && !Path::parse("$a").unwrap().from_line);
    }

    #[test]
    fn what_is_no_path_is_an_error() {
        for text in
            ["", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[=1]", "a[-1]", "\"a", "\"a\"b", "a]b", "a[0]b", "$."]
        {
            assert!(Path::parse(text).is_err(), "{text}");
        }
        assert!(Path::parse(&vec!["a"; 17].join(".")).is_err());
    }
}
