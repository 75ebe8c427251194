//! A report by some dimensions.

use audience_core::ContentId;
use audience_ingest::Catalog;
use serde::Serialize;

use super::title_of;
use crate::state::TotalsSummary;
use audience_cohort::{Dimension, Value};
use audience_qoe::ExperienceSummary;

/// Everything by some dimensions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Breakdown {
    /// The dimensions.
    pub by: Vec<String>,
    /// Over all titles, in order of the values.
    pub rows: Vec<Row>,
    /// Title by title, those watched most first; only of the titles listed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_title: Vec<Row>,
}

type Groups = Vec<(Vec<Value>, (TotalsSummary, ExperienceSummary))>;

impl Breakdown {
    pub(super) fn new(
        dimensions: &[Dimension],
        groups: Groups,
        groups_by_title: Groups,
        listed: &[ContentId],
        catalog: &Catalog,
    ) -> Self {
        let content = dimensions.iter().position(|dimension| *dimension == Dimension::Content);
        let of_all = |(values, group): (Vec<Value>, _)| {
            let title = content.and_then(|at| title_of(&values[at].to_string(), catalog));
            row(None, title, &values, group)
        };
        Self {
            by: dimensions.iter().map(|dimension| dimension.name().to_owned()).collect(),
            rows: groups.into_iter().map(of_all).collect(),
            by_title: rows_by_title(groups_by_title, listed, catalog),
        }
    }

    /// Which of the values of a row is the title.
    pub(crate) fn content(&self, row: &Row) -> Option<usize> {
        self.by.iter().position(|name| name == "content").filter(|_| row.title.is_some() && row.content_id.is_none())
    }
}

/// One group of a breakdown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The title, in [`Breakdown::by_title`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
    /// The title's name, where it has one in the catalogue: of [`content_id`](Self::content_id), or of the dimension
    /// `content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The value in each dimension; `None` for sessions that have none.
    pub values: Vec<Option<String>>,
    /// How many and how much.
    pub totals: TotalsSummary,
    /// How it felt.
    pub experience: ExperienceSummary,
}

fn row(
    content_id: Option<String>,
    title: Option<String>,
    values: &[Value],
    group: (TotalsSummary, ExperienceSummary),
) -> Row {
    Row { content_id, title, values: values.iter().map(Value::known).collect(), totals: group.0, experience: group.1 }
}

fn rows_by_title(groups: Groups, listed: &[ContentId], catalog: &Catalog) -> Vec<Row> {
    let place = |values: &[Value]| {
        let id = values.first()?.to_string();
        Some((listed.iter().position(|listed| listed.as_str() == id)?, id))
    };
    let mut rows: Vec<(usize, Row)> = groups
        .into_iter()
        .filter_map(|(values, group)| {
            let (place, id) = place(&values)?;
            let title = title_of(&id, catalog);
            Some((place, row(Some(id), title, &values[1..], group)))
        })
        .collect();
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}
