//! What came of it, in figures and as tables in Markdown.

use super::Row;

/// No hoster may get more times its fair share than this.
pub const MOST: f64 = 3.0;
/// Hosters of whom fewer people than this may be expected are told together: chance outweighs.
pub const LEAST_EXPECTED: f64 = 20.0;

/// One way of sending people.
pub struct Way {
    pub name: &'static str,
    pub sent: fn(&Row) -> u32,
}

pub const WAYS: [Way; 4] = [
    Way {
        name: "search",
        sent: |row| row.search,
    },
    Way {
        name: "/go",
        sent: |row| row.go,
    },
    Way {
        name: "alphabetical",
        sent: |row| row.alphabetical,
    },
    Way {
        name: "most popular first",
        sent: |row| row.popular,
    },
];

/// What a way came to.
#[derive(Debug)]
pub struct Verdict {
    /// The greatest share of one hoster against its fair share, of those of whom enough people may be expected.
    pub most: f64,
    /// How many hosters got more than [`MOST`] times their fair share.
    pub above: usize,
    /// How many that are fit got nobody.
    pub nobody: usize,
    /// How many people were sent to what is full, down or closing.
    pub lost: u32,
    /// The part of all people that the hoster with most of them got.
    pub largest: f64,
    /// Half of what would have to be moved so that all have their fair share, as a part of all.
    pub misplaced: f64,
}

impl Way {
    pub fn verdict(&self, rows: &[Row]) -> Verdict {
        let all: u32 = rows.iter().map(self.sent).sum();
        let expected = rows.iter().filter(|row| row.fair >= LEAST_EXPECTED);
        let ratios = expected.map(|row| f64::from((self.sent)(row)) / row.fair);
        let fit = rows.iter().filter(|row| row.fair > 0.0);
        let moved = rows
            .iter()
            .map(|row| (f64::from((self.sent)(row)) - row.fair).abs());
        Verdict {
            most: ratios.clone().fold(0.0, f64::max),
            above: ratios.filter(|ratio| *ratio > MOST).count(),
            nobody: fit.filter(|row| (self.sent)(row) == 0).count(),
            lost: rows.iter().filter(|row| row.is_out).map(self.sent).sum(),
            largest: f64::from(rows.iter().map(self.sent).max().unwrap_or(0)) / f64::from(all),
            misplaced: moved.sum::<f64>() / 2.0 / f64::from(all),
        }
    }
}

/// The table of verdicts.
pub fn verdicts(rows: &[Row]) -> String {
    let mut table = String::from(
        "| | most against fair share | hosters above 3 × | fit hosters with nobody | sent to full, down or closing | largest hoster | not where fair |\n|---|---|---|---|---|---|---|\n",
    );
    for way in &WAYS {
        let verdict = way.verdict(rows);
        table += &format!(
            "| {} | {:.1} × | {} | {} | {} | {:.1} % | {:.0} % |\n",
            way.name,
            verdict.most,
            verdict.above,
            verdict.nobody,
            verdict.lost,
            100.0 * verdict.largest,
            100.0 * verdict.misplaced,
        );
    }
    table
}

/// The table of hosters, those with the greatest fair shares first; without names, as their room is made up.
pub fn hosters(rows: &[Row], shown: usize) -> String {
    let mut by_fair: Vec<&Row> = rows
        .iter()
        .filter(|row| row.fair > 0.0 || row.is_out)
        .collect();
    by_fair.sort_by(|one, other| other.fair.total_cmp(&one.fair));
    let all: f64 = rows.iter().map(|row| row.fair).sum();
    let mut table = String::from("| room | fair |");
    for way in &WAYS {
        table += &format!(" {} |", way.name);
    }
    table += "\n|---|---|---|---|---|---|\n";
    for row in by_fair.iter().take(shown) {
        let room = row
            .room
            .map_or("unsaid".to_owned(), |room| room.to_string());
        table += &format!("| {room} | {:.2} % |", 100.0 * row.fair / all);
        for way in &WAYS {
            let sent = f64::from((way.sent)(row));
            table += &format!(" {:.2} % ({:.1} ×) |", 100.0 * sent / all, sent / row.fair);
        }
        table.push('\n');
    }
    table
}
