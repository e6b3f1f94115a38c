//! Mastodon's export of domain blocks: CSV (RFC 4180) with the columns
//! `#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate`, of which the first, the
//! second and the fifth are read. Other software writes the same, or a domain on each line.

use super::NotOfFormat;
use super::block_list::{BlockList, Draft, MAX_ENTRIES};
use super::complaint::printable;
use super::csv::Records;
use crate::domain::block::Severity;

/// In which columns of a list what stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    domain: usize,
    severity: Option<usize>,
    comment: Option<usize>,
}

impl Columns {
    /// As Mastodon writes them: a list without a first line that names them.
    const USUAL: Self = Self {
        domain: 0,
        severity: Some(1),
        comment: Some(4),
    };

    /// As the first line names them; `None` if it is an entry.
    fn named(first: &[String]) -> Option<Self> {
        let at = |name: &str| {
            let mut names = first.iter().map(|cell| cell.trim().trim_start_matches('#'));
            names.position(|cell| cell.eq_ignore_ascii_case(name))
        };
        Some(Self {
            domain: at("domain")?,
            severity: at("severity"),
            comment: at("public_comment").or_else(|| at("comment")),
        })
    }
}

/// Reads a list. What is no domain, or is hidden behind asterisks, is left out; so is `noop`, which limits
/// nothing but media and reports. Silenced is hidden here; what has no severity is suspended, as with
/// Mastodon.
pub(super) fn read(text: &str) -> Result<BlockList, NotOfFormat> {
    const OTHER_SHAPE: &str =
        "the document is no list of blocked domains: on no line does one stand";
    let mut draft = Draft::default();
    let mut columns = None;
    let mut entries = 0;
    let mut records = Records::of(text);
    while let Some((line, record)) = records.next() {
        let columns = match columns {
            Some(columns) => columns,
            None => {
                let named = Columns::named(&record);
                columns = Some(named.unwrap_or(Columns::USUAL));
                if named.is_some() {
                    continue;
                }
                Columns::USUAL
            }
        };
        entries += 1;
        if entries > MAX_ENTRIES {
            let why = format!("only the first {MAX_ENTRIES} entries are read");
            draft.leave_out(line, "the rest", &why);
            break;
        }
        read_entry(&mut draft, line, &record, columns);
    }
    let list = draft.list();
    // A page that says "not found" is a list of faults alone.
    match list.proposals.is_empty() && !list.complaints.is_empty() {
        true if columns == Some(Columns::USUAL) => Err(NotOfFormat::OtherShape(OTHER_SHAPE)),
        _ => Ok(list),
    }
}

fn read_entry(draft: &mut Draft, line: usize, record: &[String], columns: Columns) {
    let cell = |column: Option<usize>| {
        let cell = column.and_then(|column| record.get(column));
        cell.map_or("", |cell| cell.trim())
    };
    let domain = cell(Some(columns.domain));
    let severity = match cell(columns.severity) {
        "" => Severity::Suspend,
        word if word.eq_ignore_ascii_case("suspend") => Severity::Suspend,
        word if word.eq_ignore_ascii_case("silence") => Severity::Hide,
        word if word.eq_ignore_ascii_case("noop") => {
            let why = "its severity is noop, which blocks nothing";
            return draft.leave_out(line, &printable(domain), why);
        }
        word => {
            let why = format!("its severity is {:?}", printable(word));
            return draft.leave_out(line, &printable(domain), &why);
        }
    };
    draft.propose(line, domain, severity, cell(columns.comment));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> (Vec<String>, Vec<String>) {
        let list = read(text).unwrap();
        let proposals = list.proposals.iter().map(|proposal| {
            let comment = proposal.comment.as_ref();
            format!(
                "{} {} {}",
                proposal.domain,
                proposal.severity.word(),
                comment.map_or("-", |comment| comment.as_str())
            )
        });
        let complaints = list.complaints.iter().map(ToString::to_string).collect();
        (proposals.collect(), complaints)
    }

    #[test]
    fn an_export_of_mastodon_is_read() {
        let (proposals, complaints) = said(
            "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\n\
             Evil.example,suspend,false,false,\"Spam, \"\"mostly\"\",\nand more\",false\r\n\
             loud.example,silence,true,false,,false\r\n\
             \r\n\
             media.example,noop,true,true,Pictures,false\r\n\
             ev**.*xample,suspend,false,false,Hidden,true\r\n\
             odd.example,sometimes,false,false,,false\r\n\
             192.0.2.1,suspend,false,false,,false\r\n\
             *.below.example,suspend,false,false,,false",
        );
        assert_eq!(
            proposals,
            [
                "below.example suspend -",
                "evil.example suspend Spam, \"mostly\",\nand more",
                "loud.example hide -",
            ]
        );
        assert_eq!(
            complaints,
            [
                "line 6, media.example: is left out: its severity is noop, which blocks nothing",
                "line 7, ev**.*xample: is left out: asterisks hide which domain it is, and only the list's owner knows",
                "line 8, odd.example: is left out: its severity is \"sometimes\"",
                "line 9, 192.0.2.1: is left out: it is an IP address, and only names are blocked",
            ]
        );
    }

    #[test]
    fn columns_are_found_by_their_names_and_a_bare_list_is_one() {
        let (proposals, _) = said("public_comment;x,severity,DOMAIN\n\"a\",silence,evil.example\n");
        assert_eq!(proposals, ["evil.example hide -"]);
        let (proposals, _) = said("evil.example\nworse.example\n");
        assert_eq!(
            proposals,
            ["evil.example suspend -", "worse.example suspend -"]
        );
        let (proposals, _) = said("domain\n");
        assert!(proposals.is_empty());
    }

    #[test]
    fn of_two_words_about_a_domain_the_severer_counts() {
        let (proposals, _) =
            said("evil.example,silence\nEVIL.example.,suspend\nevil.example,silence\n");
        assert_eq!(proposals, ["evil.example suspend -"]);
    }

    #[test]
    fn a_page_that_is_no_list_is_refused() {
        assert!(read("<html>\n<body>Not found</body>\n</html>").is_err());
        assert!(read("Not found").is_err());
    }

    #[test]
    fn a_long_list_is_read_in_part_and_says_so() {
        let lines = (0..MAX_ENTRIES + 10).map(|n| format!("h{n}.example\n"));
        let list = read(&lines.collect::<String>()).unwrap();
        assert_eq!(list.proposals.len(), MAX_ENTRIES);
        assert_eq!(
            list.complaints[0].to_string(),
            "line 20001, the rest: is left out: only the first 20000 entries are read"
        );
        assert_eq!(list.complaints.len(), 1);
    }

    #[test]
    fn hostile_lines_cost_only_themselves() {
        let commas = ",".repeat(100_000);
        let (proposals, _) = said(&format!("evil.example{commas}\nworse.example,suspend\n"));
        assert_eq!(
            proposals,
            ["evil.example suspend -", "worse.example suspend -"]
        );
        // A quote that nobody closes swallows what follows, and nothing else.
        let (proposals, complaints) = said("evil.example\n\"worse.example,\nbad.example\n");
        assert_eq!(proposals, ["evil.example suspend -"]);
        assert!(complaints[0].starts_with("line 2, "), "{complaints:?}");
    }
}
