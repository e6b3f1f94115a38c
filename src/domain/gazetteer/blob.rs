//! The layout of the compiled gazetteer: named sections in one run of bytes.
//!
//! The writer (`compile::writer`, in the build) follows what is said here; [`Blob`] (in the program) reads
//! it back. A section is a finite-state map, a column of numbers or a column of texts. What the columns
//! mean is said once, at [`Section`]; compression is outside, and nothing here knows what a town is.
//!
//! The layout of columns is chosen for what zstd makes of it. Numbers stand in four planes, first the
//! lowest bytes of all, at last the highest: most high bytes are equal, and so vanish. Texts carry their
//! length in a byte before them, and only every sixteenth has its offset noted.

use std::fmt;
use std::ops::Range;

/// The bytes of a number, and so the planes of a column.
pub const PLANES: usize = 4;

/// How many texts share one noted offset.
pub const STRIDE: usize = 16;

/// Changes with the layout, so that a stale blob is refused and not misread.
pub const MAGIC: [u8; 4] = *b"GAZ1";

/// The parts of a blob, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Map: a town's key → its first row in [`Section::NamePostings`].
    Names,
    /// Numbers: places of one key, the last one marked ([`Posting`]).
    NamePostings,
    /// Map: a postcode's key → the first of its rows in the postcode columns.
    Postcodes,
    /// Map: a country's or region's key → its first row in [`Section::RegionPostings`].
    Regions,
    /// Numbers: countries, territories and regions of one key, the last one marked.
    RegionPostings,
    /// Text: a place's name. Places are sorted by population, largest first; districts of a town follow
    /// after all towns.
    PlaceName,
    /// Number: a place's row in the region columns.
    PlaceRegion,
    /// Number: degrees north, in thousandths, as `i32`.
    PlaceLatitude,
    /// Number: degrees east, in thousandths, as `i32`.
    PlaceLongitude,
    /// Number: inhabitants.
    PlacePopulation,
    /// Numbers: the places that have another name in French, ascending.
    FrenchPlace,
    /// Text: that name, row for row.
    FrenchName,
    /// One number: how many places are towns and not districts.
    Towns,
    /// Text: a postcode as it is written. Rows are sorted by key.
    PostcodeText,
    /// Number: the place a postcode belongs to, with the mark of a [`Posting`].
    PostcodeTown,
    /// Number: how far north of its town, in thousandths of a degree, as `i32`. Being small it packs well.
    PostcodeNorth,
    /// Number: how far east of its town, likewise.
    PostcodeEast,
    /// Text: a region's name; empty for the part of a country that has no regions.
    RegionName,
    /// Number: the region's row in the country columns.
    RegionCountry,
    /// Text: ISO 3166-1 alpha-2.
    CountryCode,
    /// Text: the country in French.
    CountryFrench,
    /// Text: the country in English.
    CountryEnglish,
}

/// How many sections there are.
pub const SECTIONS: usize = Section::CountryEnglish as usize + 1;

/// One entry of a list of row numbers: the row, two bits of what it is, and whether the list ends here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting {
    /// A row number, below 2²⁸.
    pub row: u32,
    /// Up to the column: see the constants.
    pub kind: u32,
    /// No more entries follow.
    pub last: bool,
}

impl Posting {
    /// The town's own name.
    pub const NAME: u32 = 0;
    /// A name from `names.tsv`: current in a language near by.
    pub const EXONYM: u32 = 1;
    /// A name from GeoNames: of any language, time, and spelling.
    pub const ALIAS: u32 = 2;

    /// The row is a country.
    pub const COUNTRY: u32 = 0;
    /// The row is a region that has a country code of its own (`RE` is `FR`, La Réunion).
    pub const TERRITORY: u32 = 1;
    /// The row is a region.
    pub const REGION: u32 = 2;

    /// From its number: 28 bits of row, 3 of kind, 1 of end.
    pub fn unpack(packed: u32) -> Self {
        Self {
            row: packed & 0x0fff_ffff,
            kind: packed >> 28 & 0b111,
            last: packed >> 31 == 1,
        }
    }
}

/// Bytes that are not a blob of this layout, and what is wrong with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for Malformed {}

/// A blob that is read in place.
///
/// Opening checks the table of contents; the rows are trusted (they were written by this crate's build,
/// and the compression carries a checksum), so a row that is not there is a panic.
pub struct Blob {
    bytes: Vec<u8>,
    sections: [Range<usize>; SECTIONS],
}

impl Blob {
    /// Takes the bytes over.
    pub fn open(bytes: Vec<u8>) -> Result<Self, Malformed> {
        let contents = MAGIC.len()..MAGIC.len() + SECTIONS * 4;
        if !bytes.starts_with(&MAGIC) || bytes.len() < contents.end {
            return Err(Malformed("it does not begin like one"));
        }
        let mut end = contents.end;
        let sections = std::array::from_fn(|section| {
            let start = end;
            end = start.saturating_add(word(&bytes[contents.clone()], section));
            start..end
        });
        if end != bytes.len() {
            return Err(Malformed("its length is not the sum of its sections"));
        }
        Ok(Self { bytes, sections })
    }

    /// A whole section, for a map.
    pub fn section(&self, section: Section) -> &[u8] {
        &self.bytes[self.sections[section as usize].clone()]
    }

    /// One row of a column of numbers.
    pub fn number(&self, column: Section, row: u32) -> u32 {
        let bytes = self.section(column);
        let rows = bytes.len() / PLANES;
        let planes = std::array::from_fn(|plane| bytes[plane * rows + row as usize]);
        u32::from_le_bytes(planes)
    }

    /// The row of a number in a column that ascends.
    pub fn row_of(&self, column: Section, number: u32) -> Option<u32> {
        let rows = (self.section(column).len() / PLANES) as u32;
        let (mut low, mut high) = (0, rows);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.number(column, middle) < number {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < rows && self.number(column, low) == number).then_some(low)
    }

    /// All of a column of numbers.
    pub fn numbers(&self, column: Section) -> impl Iterator<Item = u32> {
        let bytes = self.section(column);
        let (lower, higher) = bytes.split_at(bytes.len() / 2);
        let (first, second) = lower.split_at(lower.len() / 2);
        let (third, fourth) = higher.split_at(higher.len() / 2);
        let planes = first.iter().zip(second).zip(third.iter().zip(fourth));
        planes.map(|((a, b), (c, d))| u32::from_le_bytes([*a, *b, *c, *d]))
    }

    /// The list of postings that begins at a row.
    pub fn postings(&self, column: Section, first: u32) -> impl Iterator<Item = Posting> {
        let mut next = Some(first);
        std::iter::from_fn(move || {
            let posting = Posting::unpack(self.number(column, next?));
            next = (!posting.last).then(|| next.map_or(0, |row| row + 1));
            Some(posting)
        })
    }

    /// How many rows a column of texts has.
    pub fn texts(&self, column: Section) -> u32 {
        word(self.section(column), 0) as u32
    }

    /// One row of a column of texts.
    pub fn text(&self, column: Section, row: u32) -> &str {
        let bytes = self.section(column);
        let (row, offsets) = (row as usize, word(bytes, 0).div_ceil(STRIDE));
        let letters = &bytes[(1 + offsets) * size_of::<u32>()..];
        let mut rest = &letters[word(bytes, 1 + row / STRIDE)..];
        for _ in 0..row % STRIDE {
            rest = &rest[1 + usize::from(rest[0])..];
        }
        let text = &rest[1..=usize::from(rest[0])];
        std::str::from_utf8(text).expect("the writer took whole strings")
    }
}

/// One of the plain `u32` that tell where things are.
fn word(bytes: &[u8], index: usize) -> usize {
    let (words, _) = bytes.as_chunks();
    u32::from_le_bytes(words[index]) as usize
}
