//! The tables of towns, postcodes, regions and countries, read line by line.
//!
//! One struct per table with its columns as fields, nothing computed. A line that does not fit stops the
//! build and is named with its file, for these tables are ours: a mistake in them is to be mended, not
//! skipped.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::str::{FromStr, Split};

/// The tables of a folder, for `rerun-if-changed`.
pub const FILES: [&str; 5] = [PLACES, POSTCODES, REGIONS, COUNTRIES, NAMES];

const PLACES: &str = "places.tsv";
const POSTCODES: &str = "postcodes.tsv";
const REGIONS: &str = "admin1.tsv";
const COUNTRIES: &str = "countries.tsv";
const NAMES: &str = "names.tsv";

/// All tables of one folder.
pub struct Tables {
    /// `places.tsv`
    pub places: Vec<Row<PlaceLine>>,
    /// `postcodes.tsv`
    pub postcodes: Vec<Row<PostcodeLine>>,
    /// `admin1.tsv`
    pub regions: Vec<Row<RegionLine>>,
    /// `countries.tsv`
    pub countries: Vec<Row<CountryLine>>,
    /// `names.tsv`
    pub names: Vec<Row<NameLine>>,
}

/// The cells of a line, which remembers where it stands.
pub struct Row<T> {
    cells: T,
    file: &'static str,
    line: usize,
}

impl<T> Row<T> {
    /// What is wrong with this line.
    pub fn error(&self, reason: String) -> TableError {
        TableError {
            file: self.file,
            line: self.line,
            reason,
        }
    }
}

impl<T> Deref for Row<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.cells
    }
}

/// A town, or a district of one.
pub struct PlaceLine {
    /// The name that is shown.
    pub name: String,
    /// Names in other languages and of other times.
    pub aliases: Vec<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The region's code, in France the department's; empty where there is none.
    pub region: String,
    /// Thousandths of a degree north.
    pub latitude: i32,
    /// Thousandths of a degree east.
    pub longitude: i32,
    /// Inhabitants; 0 where not known.
    pub population: u32,
}

/// A postcode and the middle of its area.
pub struct PostcodeLine {
    /// ISO 3166-1 alpha-2; French overseas departments have their own.
    pub country: String,
    /// As it is written, `100 04`.
    pub postcode: String,
    /// Thousandths of a degree north.
    pub latitude: i32,
    /// Thousandths of a degree east.
    pub longitude: i32,
}

/// A region of a country.
pub struct RegionLine {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The code `places.tsv` uses.
    pub code: String,
    /// The region's name.
    pub name: String,
}

/// A country.
pub struct CountryLine {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// The French name.
    pub french: String,
    /// The English name.
    pub english: String,
}

/// Names the other tables lack.
pub struct NameLine {
    /// What has these names.
    pub kind: NameKind,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The town's name in `places.tsv`, the region's code in `admin1.tsv`, empty for a country.
    pub of: String,
    /// A town's name in French; a region's name as it is to be shown; may be empty.
    pub name: String,
    /// More names to find it by.
    pub aliases: Vec<String>,
}

/// What a line of `names.tsv` is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// `town`
    Town,
    /// `region`
    Region,
    /// `country`
    Country,
}

/// A table that cannot be used, and where to mend it.
#[derive(Debug)]
pub struct TableError {
    /// Which table.
    pub file: &'static str,
    /// Which line, from 1; 0 when the file as a whole cannot be read.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, reason } = self;
        write!(formatter, "{file}:{line}: {reason}")
    }
}

impl std::error::Error for TableError {}

impl Tables {
    /// Reads all tables of a folder.
    pub fn read(folder: &Path) -> Result<Self, TableError> {
        Ok(Self {
            places: rows(folder, PLACES, |cells| {
                Ok(PlaceLine {
                    name: cells.text("name")?,
                    aliases: cells.list(),
                    country: cells.country()?,
                    region: cells.any(),
                    latitude: cells.degrees("latitude", 90)?,
                    longitude: cells.degrees("longitude", 180)?,
                    population: cells.number("population")?,
                })
            })?,
            postcodes: rows(folder, POSTCODES, |cells| {
                Ok(PostcodeLine {
                    country: cells.country()?,
                    postcode: cells.text("postcode")?,
                    latitude: cells.degrees("latitude", 90)?,
                    longitude: cells.degrees("longitude", 180)?,
                })
            })?,
            regions: rows(folder, REGIONS, |cells| {
                Ok(RegionLine {
                    country: cells.country()?,
                    code: cells.text("code")?,
                    name: cells.text("name")?,
                })
            })?,
            countries: rows(folder, COUNTRIES, |cells| {
                Ok(CountryLine {
                    code: cells.country()?,
                    french: cells.text("French name")?,
                    english: cells.text("English name")?,
                })
            })?,
            names: rows(folder, NAMES, |cells| {
                Ok(NameLine {
                    kind: cells.kind()?,
                    country: cells.country()?,
                    of: cells.any(),
                    name: cells.any(),
                    aliases: cells.list(),
                })
            })?,
        })
    }
}

/// The cells of one line, taken from left to right.
struct Cells<'a>(Split<'a, char>);

impl Cells<'_> {
    fn any(&mut self) -> String {
        self.0.next().unwrap_or_default().to_owned()
    }

    fn list(&mut self) -> Vec<String> {
        let cell = self.0.next().unwrap_or_default();
        let names = cell.split('|').filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    }

    fn text(&mut self, column: &str) -> Result<String, String> {
        match self.0.next() {
            Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
            _ => Err(format!("the {column} is missing")),
        }
    }

    fn country(&mut self) -> Result<String, String> {
        let code = self.text("country")?;
        match code.as_bytes() {
            [b'A'..=b'Z', b'A'..=b'Z'] => Ok(code),
            _ => Err(format!("the country {code:?} is not two capital letters")),
        }
    }

    fn kind(&mut self) -> Result<NameKind, String> {
        match self.text("kind")?.as_str() {
            "town" => Ok(NameKind::Town),
            "region" => Ok(NameKind::Region),
            "country" => Ok(NameKind::Country),
            other => Err(format!("{other:?} is not town, region or country")),
        }
    }

    fn number<T: FromStr>(&mut self, column: &str) -> Result<T, String> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|_| format!("the {column} {text:?} is not a number"))
    }

    fn degrees(&mut self, column: &str, most: i32) -> Result<i32, String> {
        let thousandths: i32 = self.number(column)?;
        if !(-most * 1000..=most * 1000).contains(&thousandths) {
            return Err(format!("the {column} {thousandths} is not on earth"));
        }
        Ok(thousandths)
    }
}

fn rows<T>(
    folder: &Path,
    file: &'static str,
    parse: impl Fn(&mut Cells<'_>) -> Result<T, String>,
) -> Result<Vec<Row<T>>, TableError> {
    let error = |line, reason| TableError { file, line, reason };
    let table =
        std::fs::read_to_string(folder.join(file)).map_err(|cause| error(0, cause.to_string()))?;
    (1..)
        .zip(table.lines())
        .map(|(line, text)| {
            let mut remaining = Cells(text.split('\t'));
            let cells = parse(&mut remaining).map_err(|reason| error(line, reason))?;
            match remaining.0.next() {
                None => Ok(Row { cells, file, line }),
                Some(extra) => Err(error(line, format!("one column too many: {extra:?}"))),
            }
        })
        .collect()
}
