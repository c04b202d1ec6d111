//! The order of the rows of a list that is read from several ranges, and positions in it.

use std::cmp::{Ordering, Reverse};

use super::super::keys::Range;
use crate::domain::error::{Error, Result};

/// Separates the group of a row from its id, in sort keys and positions.
const ID: char = '#';
/// Sorts after every character of a key, so that a descending query from `row~` includes `row` and `row#…`.
const INCLUSIVE: char = '~';

/// One of the ranges of a list. After its prefix, a sort key has the group of the row, and may have an id of the row.
///
/// Rows are ordered by their groups, newest first. Within a group, they are ordered by the ranks of their sections. If
/// several rows of a group have the same rank, they have ids and are ordered by them, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Section {
    pub(super) range: Range,
    /// Group of all rows; `None` if it is in their sort keys.
    group: Option<String>,
    rank: usize,
    rows: Rows,
    /// First and last sort key of the rows; `None` for all rows of the range.
    pub(super) between: Option<(String, String)>,
    /// Whether rows of the section before this one in the list can move to this one.
    pub(super) receives: bool,
}

/// The rows of a section that have the same group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// At most one, and none in another section of the same rank, except a row that moves to that section.
    Single,
    /// At most one. It is newer than all those in another section of the same rank.
    Newest,
    /// Any number, whose sort keys end in their ids.
    Older,
    /// At most one, which can be older or newer than those in other sections of the same rank.
    Dated,
}

/// Where a descending query of a section continues a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resume {
    /// At the first row.
    Start,
    /// After this sort key.
    After(String),
    /// Nowhere: no row follows.
    End,
}

impl Section {
    /// Returns the section of a range whose groups have one row each.
    pub(in crate::store) const fn single(range: Range) -> Self {
        Self { range, group: None, rank: 0, rows: Rows::Single, between: None, receives: false }
    }

    /// Returns the section of a range whose sort keys end in the group and the id of the row.
    pub(in crate::store) const fn grouped(range: Range) -> Self {
        Self { range, group: None, rank: 0, rows: Rows::Older, between: None, receives: false }
    }

    /// Returns the section of a range whose rows all have the group `group`. Their sort keys end in their ids.
    pub(in crate::store) const fn of_group(range: Range, group: String) -> Self {
        Self { range, group: Some(group), rank: 0, rows: Rows::Older, between: None, receives: false }
    }

    /// Returns the section of a range whose sort keys end in the group of the row. Its id is in the attribute `id`, and it is
    /// ordered by it among the rows of other sections.
    pub(in crate::store) const fn dated(range: Range) -> Self {
        Self { range, group: None, rank: 0, rows: Rows::Dated, between: None, receives: false }
    }

    /// Returns the section with only the rows from one sort key up to another one.
    pub(in crate::store) fn between(self, first: String, last: String) -> Self {
        Self { between: Some((first, last)), ..self }
    }

    /// Returns the section as one to which rows of the section before it can move.
    pub(in crate::store) fn receiving(self) -> Self {
        Self { receives: true, ..self }
    }

    /// Returns the section of the newest rows of each group with this rank. The attribute `id` is the id of a row.
    pub(in crate::store) const fn newest(range: Range, rank: usize) -> Self {
        Self { range, group: None, rank, rows: Rows::Newest, between: None, receives: false }
    }

    /// Returns the section of the older rows of each group with this rank, whose sort keys end in their ids. The newest ones
    /// can move to it.
    pub(in crate::store) const fn older(range: Range, rank: usize) -> Self {
        Self { range, group: None, rank, rows: Rows::Older, between: None, receives: true }
    }

    /// Returns the section to which rows of another [`Section::single`] can move.
    pub(in crate::store) const fn moved(range: Range) -> Self {
        Self { range, group: None, rank: 0, rows: Rows::Single, between: None, receives: true }
    }

    /// Returns whether the position of a row contains the attribute `id`, which is not in the sort key.
    pub(super) const fn needs_id(&self) -> bool {
        matches!(self.rows, Rows::Newest | Rows::Dated)
    }

    /// Returns whether rows are compared with others by the attribute `id`.
    pub(super) const fn is_dated(&self) -> bool {
        matches!(self.rows, Rows::Dated)
    }

    /// Returns the position of the row with this sort key; `None` if it is not one of the section.
    pub(super) fn position(&self, sk: &str) -> Option<Position> {
        let suffix = sk.strip_prefix(&self.range.prefix)?;
        if let Some(group) = &self.group {
            return Some(Position { group: group.clone(), rank: self.rank, id: Some(suffix.to_owned()) });
        }
        let (group, id) = match suffix.split_once(ID) {
            Some((group, id)) if self.rows == Rows::Older => (group, Some(id.to_owned())),
            _ => (suffix, None),
        };
        Some(Position { group: group.to_owned(), rank: self.rank, id })
    }

    /// Returns where a descending query continues the list after `position`.
    pub(super) fn resume_after(&self, position: &Position) -> Resume {
        let Some(own) = &self.group else { return Resume::After(self.start_after(position)) };
        match (own.cmp(&position.group), &position.id) {
            // An older group: all its rows follow.
            (Ordering::Less, _) => Resume::Start,
            (Ordering::Equal, Some(id)) => Resume::After(format!("{}{id}", self.range.prefix)),
            _ => Resume::End,
        }
    }

    /// Returns the sort key after which a descending query continues the list after `position`. It may return one row more,
    /// which does not follow the position.
    fn start_after(&self, position: &Position) -> String {
        let prefix = &self.range.prefix;
        let Position { group, rank, id } = position;
        match (self.rank.cmp(rank), self.rows, id) {
            // Whether the row of the group follows depends on its id, which is not in the key.
            (Ordering::Greater, ..) | (Ordering::Equal, Rows::Dated, _) => format!("{prefix}{group}{INCLUSIVE}"),
            (Ordering::Equal, Rows::Older, Some(id)) => format!("{prefix}{group}{ID}{id}"),
            // All rows of the group precede the position. Their sort keys do not precede that of the group itself.
            _ => format!("{prefix}{group}"),
        }
    }
}

/// Position of a row in a list. It stays the same if the row moves to another section of its rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) group: String,
    rank: usize,
    /// Id of the row, if its group can have several rows of one rank. [`Section::position`] leaves out that of the
    /// newest one.
    pub(super) id: Option<String>,
}

impl Position {
    /// Compares two rows by the positions that [`Section::position`] returns, in the order of the list.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let key = |position: &Self| (Reverse(position.group.clone()), position.rank, position.id.clone().map(Reverse));
        key(self).cmp(&key(other))
    }

    /// Returns the position as text.
    pub(super) fn text(&self) -> String {
        let Self { group, rank, id } = self;
        match id {
            Some(id) => format!("{rank}/{group}{ID}{id}"),
            None => format!("{rank}/{group}"),
        }
    }

    /// Reads a position from its text.
    ///
    /// # Errors
    /// [`Error::Internal`] if the text is not one of a position. Cursors are signed, so this does not happen.
    pub(super) fn read(text: &str) -> Result<Self> {
        let (rank, rest) = text.split_once('/').ok_or_else(|| Error::internal("a position has no rank"))?;
        let rank = rank.parse().map_err(|_| Error::internal("the rank of a position is not a number"))?;
        let (group, id) = rest.split_once(ID).map_or((rest, None), |(group, id)| (group, Some(id.to_owned())));
        Ok(Self { group: group.to_owned(), rank, id })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(prefix: &str) -> Range {
        Range { pk: "pk".to_owned(), prefix: prefix.to_owned() }
    }

    /// The sections of the list of a dock with `asOf`.
    fn sections() -> [Section; 4] {
        [
            Section::newest(range("ROLE#D#"), 0),
            Section::older(range("PAST#D#"), 0),
            Section::newest(range("ROLE#R#"), 1),
            Section::older(range("PAST#R#"), 1),
        ]
    }

    /// A row: party, role, id and whether it is revoked.
    type Row = (u8, usize, u8, bool);

    /// Returns the section and the sort key of a row.
    fn place((party, role, id, revoked): Row) -> (usize, String) {
        let (party, id) = (char::from(b'A' + party), char::from(b'A' + id));
        let name = ["D", "R"][role];
        if revoked {
            (2 * role + 1, format!("PAST#{name}#{party}#{id}"))
        } else {
            (2 * role, format!("ROLE#{name}#{party}"))
        }
    }

    fn position((party, role, id, revoked): Row) -> Position {
        let (section, sk) = place((party, role, id, revoked));
        let mut position = sections()[section].position(&sk).unwrap();
        position.id.get_or_insert(char::from(b'A' + id).to_string());
        position
    }

    /// Rows of a dock. The ids of each party and role are different, and only the newest can be current.
    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let of_one = (prop::collection::btree_set(0..6_u8, 0..4), any::<bool>());
        prop::collection::vec(of_one, 8).prop_map(|all| {
            let mut rows = Vec::new();
            for (at, (ids, current)) in all.into_iter().enumerate() {
                let newest = ids.last().copied();
                let of_one = (u8::try_from(at / 2).unwrap(), at % 2);
                rows.extend(ids.iter().map(|id| (of_one.0, of_one.1, *id, !current || Some(*id) != newest)));
            }
            // The order of the contract: newest party, then role, then newest id.
            rows.sort_by_key(|(party, role, id, _)| (Reverse(*party), *role, Reverse(*id)));
            rows
        })
    }

    proptest! {
        #[test]
        fn rows_are_in_the_order_of_the_contract(rows in rows()) {
            let from_keys = |row: &Row| {
                let (section, sk) = place(*row);
                sections()[section].position(&sk).unwrap()
            };
            prop_assert!(rows.is_sorted_by(|one, next| from_keys(one).compare(&from_keys(next)) == Ordering::Less));
        }

        /// After any row, the sections continue with exactly the rows that follow it, even if the row was revoked since.
        #[test]
        fn sections_continue_after_a_position(rows in rows(), at: prop::sample::Index, revoked: bool) {
            prop_assume!(!rows.is_empty());
            let at = at.index(rows.len());
            let (last, mut rows) = (position(rows[at]), rows);
            rows[at].3 |= revoked;
            for (number, section) in sections().iter().enumerate() {
                let start = section.start_after(&last);
                let wanted = |(index, row): (usize, &Row)| (place(*row).0 == number).then(|| (index > at, place(*row).1));
                for (follows, sk) in rows.iter().enumerate().filter_map(wanted) {
                    prop_assert_eq!(sk < start, follows, "{} from {}", sk, start);
                }
            }
        }

        #[test]
        fn a_position_is_read_from_its_text(party in 0..9_u8, role in 0..2_usize, id in 0..9_u8, revoked: bool) {
            let position = position((party, role, id, revoked));
            prop_assert_eq!(Position::read(&position.text()).unwrap(), position);
        }

        #[test]
        fn arbitrary_texts_do_not_panic(text: String) {
            let _ = Position::read(&text);
        }
    }

    proptest! {
        /// After any row, the sections of docks and of parties continue with the rows that follow it. The first may have one
        /// row more, which is compared with the position.
        #[test]
        fn sections_of_an_organization_continue_after_a_position(rows in rows(), at: prop::sample::Index) {
            prop_assume!(!rows.is_empty());
            let docks = ["D", "R"].map(|name| {
                [Section::dated(range(&format!("ROLE#{name}#"))), Section::grouped(range(&format!("PAST#{name}#"))).receiving()]
            });
            // Two roles have different ids.
            let ordered = |(party, role, id, revoked): Row| {
                let id = 2 * id + u8::try_from(role).unwrap();
                let (section, sk) = place((party, role, id, revoked));
                let mut position = docks.as_flattened()[section].position(&sk).unwrap();
                position.id.get_or_insert(char::from(b'A' + id).to_string());
                (section, sk, position)
            };
            let mut all: Vec<_> = rows.into_iter().map(ordered).collect();
            all.sort_by(|one, other| one.2.compare(&other.2));
            let last = &all[at.index(all.len())].2;
            for (section, sk, position) in &all {
                let follows = position.compare(last) == Ordering::Greater;
                let Resume::After(start) = docks.as_flattened()[*section].resume_after(last) else { panic!("a start") };
                let is_read = *sk < start;
                prop_assert!(is_read || !follows, "{sk} is not read from {start}");
                prop_assert!(is_read == follows || position.group == last.group, "{sk} is read from {start}");
                let group = Section::of_group(range(&format!("ROLE#{}#", position.group)), position.group.clone());
                let id = position.id.clone().unwrap();
                let sk = format!("ROLE#{}#{id}", position.group);
                prop_assert_eq!(group.position(&sk), Some(position.clone()));
                let is_read = match group.resume_after(last) {
                    Resume::Start => true,
                    Resume::After(start) => sk < start,
                    Resume::End => false,
                };
                prop_assert_eq!(is_read, follows, "{}", sk);
            }
        }
    }

    #[test]
    fn a_single_row_keeps_its_position_in_another_section() {
        let [current, past] = ["ROLE#", "PAST#"].map(|prefix| Section::single(range(prefix)));
        let position = current.position("ROLE#X").unwrap();
        assert_eq!(past.position("PAST#X").unwrap(), position);
        assert_eq!((position.text().as_str(), past.start_after(&position).as_str()), ("0/X", "PAST#X"));
    }
}
