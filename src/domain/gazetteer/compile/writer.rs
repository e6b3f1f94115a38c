//! Writes a blob as `blob` says it is laid out.

use super::super::blob::{MAGIC, PLANES, Posting, SECTIONS, STRIDE, Section};

/// Collects sections, then writes them after a table of contents.
#[derive(Default)]
pub struct BlobWriter {
    sections: [Vec<u8>; SECTIONS],
}

impl BlobWriter {
    /// A finished finite-state map.
    pub fn map(&mut self, section: Section, map: Vec<u8>) {
        self.sections[section as usize] = map;
    }

    /// A column of numbers.
    pub fn numbers(&mut self, section: Section, numbers: impl IntoIterator<Item = u32>) {
        let numbers: Vec<[u8; PLANES]> = numbers.into_iter().map(u32::to_le_bytes).collect();
        let planes = (0..PLANES).flat_map(|plane| numbers.iter().map(move |bytes| bytes[plane]));
        self.sections[section as usize] = planes.collect();
    }

    /// A column of texts, each of less than 256 bytes.
    pub fn texts<'a>(&mut self, section: Section, texts: impl IntoIterator<Item = &'a str>) {
        let (mut count, mut offsets, mut letters) = (0u32, Vec::new(), Vec::new());
        for text in texts {
            if (count as usize).is_multiple_of(STRIDE) {
                offsets.extend((letters.len() as u32).to_le_bytes());
            }
            letters.push(u8::try_from(text.len()).expect("no place has so long a name"));
            letters.extend_from_slice(text.as_bytes());
            count += 1;
        }
        self.sections[section as usize] = [&count.to_le_bytes(), &*offsets, &*letters].concat();
    }

    /// The blob.
    pub fn finish(self) -> Vec<u8> {
        let mut blob = MAGIC.to_vec();
        for section in &self.sections {
            blob.extend((section.len() as u32).to_le_bytes());
        }
        for section in self.sections {
            blob.extend(section);
        }
        blob
    }
}

/// A posting as a number.
pub fn pack(posting: Posting) -> u32 {
    posting.row | posting.kind << 28 | u32::from(posting.last) << 31
}

#[cfg(test)]
mod tests {
    use super::super::super::blob::Blob;
    use super::*;

    const NAMES: [&str; 3] = ["Lyon", "", "Évry"];

    fn sample() -> Vec<u8> {
        let mut writer = BlobWriter::default();
        writer.texts(Section::PlaceName, NAMES.repeat(13));
        writer.numbers(Section::PlacePopulation, [519_127, 0, u32::MAX]);
        writer.finish()
    }

    #[test]
    fn columns_read_as_they_were_written() {
        let blob = Blob::open(sample()).unwrap();
        let names: Vec<_> = (0..blob.texts(Section::PlaceName))
            .map(|row| blob.text(Section::PlaceName, row))
            .collect();
        assert_eq!(names, NAMES.repeat(13));
        let people: Vec<_> = blob.numbers(Section::PlacePopulation).collect();
        assert_eq!(people, [519_127, 0, u32::MAX]);
    }

    #[test]
    fn a_list_of_postings_ends_at_its_mark() {
        let posting = |row, kind, last| Posting { row, kind, last };
        let list = [
            posting(7, 1, false),
            posting(9, 0, true),
            posting(1, 2, true),
        ];
        let mut writer = BlobWriter::default();
        writer.numbers(Section::NamePostings, list.map(pack));
        let blob = Blob::open(writer.finish()).unwrap();
        let read = |first| {
            blob.postings(Section::NamePostings, first)
                .collect::<Vec<_>>()
        };
        assert_eq!(read(0), list[..2]);
        assert_eq!(read(2), list[2..]);
    }

    #[test]
    fn a_torn_blob_is_refused() {
        let whole = sample();
        for length in [0, 3, 50, whole.len() - 1] {
            assert!(Blob::open(whole[..length].to_vec()).is_err());
        }
        assert!(Blob::open([whole, vec![0]].concat()).is_err());
    }
}
