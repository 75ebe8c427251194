//! All paths of a map as one tree, so that a record is gone through once.

use super::path::Step;
use crate::quality::Name;

/// Where a value is kept.
pub(super) type Slot = usize;

/// What is wanted of the values in a record.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) root: Node,
    /// The paths of the slots, as they are written.
    names: Vec<Name>,
}

impl Tree {
    /// The slot of a path; `raw` is whether what stands there is wanted as JSON text. Otherwise, what it is not.
    pub(super) fn add(&mut self, steps: &[Step], text: &str, raw: bool) -> Result<Slot, &'static str> {
        let node = self.root.descend(steps)?;
        let slot = if raw { &mut node.raw } else { &mut node.slot };
        Ok(*slot.get_or_insert_with(|| {
            self.names.push(text.to_owned().into());
            self.names.len() - 1
        }))
    }

    pub(super) fn slots(&self) -> usize {
        self.names.len()
    }

    pub(super) fn name(&self, slot: Slot) -> Name {
        self.names.get(slot).cloned().unwrap_or_default()
    }
}

/// What is wanted of a value.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The value itself.
    pub(super) slot: Option<Slot>,
    /// The value as JSON text.
    pub(super) raw: Option<Slot>,
    keys: Vec<(Box<str>, Node)>,
    prefixes: Vec<(Box<str>, Node)>,
    items: Vec<(usize, Node)>,
    pub(super) pick: Option<Pick>,
}

/// What is wanted of items of a list that are found by a key.
#[derive(Debug)]
pub(super) struct Pick {
    pub(super) key: Box<str>,
    by_value: Vec<(Box<str>, Node)>,
}

impl Pick {
    pub(super) fn item(&self, value: &str) -> Option<&Node> {
        find(&self.by_value, value)
    }
}

impl Node {
    /// What is wanted of the value of `key`.
    #[inline]
    pub(super) fn key(&self, key: &str) -> Option<&Self> {
        let by_prefix = || self.prefixes.iter().find(|(prefix, _)| key.starts_with(&**prefix)).map(|(_, node)| node);
        find(&self.keys, key).or_else(by_prefix)
    }

    pub(super) fn item(&self, index: usize) -> Option<&Self> {
        self.items.iter().find(|(at, _)| *at == index).map(|(_, node)| node)
    }

    /// Whether anything is wanted that is inside the value.
    pub(super) fn goes_on(&self) -> bool {
        !(self.keys.is_empty() && self.prefixes.is_empty() && self.items.is_empty()) || self.pick.is_some()
    }

    /// What is wanted of the value of a column whose name has the keys of nested columns in it, with dots between them.
    pub(super) fn column(&self, name: &str) -> Option<&Self> {
        self.key(name).or_else(|| {
            let (outer, inner) = name.split_once('.')?;
            self.key(outer)?.column(inner)
        })
    }

    fn descend(&mut self, steps: &[Step]) -> Result<&mut Self, &'static str> {
        let Some((step, rest)) = steps.split_first() else { return Ok(self) };
        let next = match step {
            Step::Key(key) => enter(&mut self.keys, key.clone()),
            Step::Prefix(prefix) => {
                let meets =
                    |other: &str| other != &**prefix && (other.starts_with(&**prefix) || prefix.starts_with(other));
                if self.prefixes.iter().any(|(other, _)| meets(other)) {
                    return Err("a path: another one has a key with a * that means some of the same keys");
                }
                enter(&mut self.prefixes, prefix.clone())
            }
            Step::Index(index) => enter(&mut self.items, *index),
            Step::Where(key, value) => {
                let pick = self.pick.get_or_insert_with(|| Pick { key: key.clone(), by_value: Vec::new() });
                if pick.key != *key {
                    return Err("a path: items of one list are found by the same key everywhere");
                }
                enter(&mut pick.by_value, value.clone())
            }
        };
        next.descend(rest)
    }
}

#[inline]
fn find<'n>(nodes: &'n [(Box<str>, Node)], key: &str) -> Option<&'n Node> {
    nodes.iter().find(|(name, _)| **name == *key).map(|(_, node)| node)
}

fn enter<K: PartialEq>(nodes: &mut Vec<(K, Node)>, key: K) -> &mut Node {
    let at = nodes.iter().position(|(name, _)| *name == key).unwrap_or_else(|| {
        nodes.push((key, Node::default()));
        nodes.len() - 1
    });
    &mut nodes[at].1
}
