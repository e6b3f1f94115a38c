//! Compiles the tables into the blob the program carries.
//!
//! Runs in the build (and in tests) only, and does there all that costs time: keys are made and sorted,
//! each postcode gets its town, the names of `names.tsv` are merged in. Nothing is ranked by a reader's
//! wishes: places are merely in order of size, so that the program meets the likeliest first.
//!
//! Plain errors and no `thiserror`: this is also compiled into `build.rs`, which should need little.

mod keys;
mod regions;
mod tables;
mod towns;
mod writer;

use std::io;
use std::path::Path;

use self::keys::Keys;
use self::regions::Regions;
use self::tables::{NameKind, Tables};
use self::towns::Towns;
use self::writer::BlobWriter;
use super::blob::{Posting, Section};
use super::key::{place_key, postcode_key};

pub use self::tables::{FILES, TableError};

/// zstd's best without extra memory; slow to write, as quick to read as any other.
const COMPRESSION: i32 = 19;

/// The blob for a folder of tables.
pub fn compile(folder: &Path) -> Result<Vec<u8>, TableError> {
    let mut tables = Tables::read(folder)?;
    // The French rows have these towns too, with better populations.
    let doubled = |country: &str| regions::territory(country).is_some();
    tables.places.retain(|place| !doubled(&place.country));

    let mut writer = BlobWriter::default();
    let regions = Regions::collect(&tables)?;
    let towns = Towns::sort(&tables.places);
    write_places(&mut writer, &towns, &regions);
    write_names(&mut writer, &tables, &towns)?;
    write_postcodes(&mut writer, &tables, &towns)?;
    regions.write(&mut writer, &tables)?;
    Ok(writer.finish())
}

/// A blob as it is embedded.
pub fn compress(blob: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(COMPRESSION)?;
    // The program trusts what it decompressed, so a flipped bit has to show there.
    compressor.include_checksum(true)?;
    compressor.compress(blob)
}

fn write_places(writer: &mut BlobWriter, towns: &Towns, regions: &Regions) {
    let places = || towns.places.iter();
    let rows = places().map(|place| regions.row(&place.country, &place.region));
    let rows = rows.map(|row| row.expect("every region of a place was collected"));
    writer.numbers(Section::PlaceRegion, rows);
    writer.texts(Section::PlaceName, places().map(|place| &*place.name));
    writer.numbers(
        Section::PlaceLatitude,
        places().map(|place| place.latitude as u32),
    );
    writer.numbers(
        Section::PlaceLongitude,
        places().map(|place| place.longitude as u32),
    );
    writer.numbers(
        Section::PlacePopulation,
        places().map(|place| place.population),
    );
    writer.numbers(Section::Towns, [towns.districts_from as u32]);
}

fn write_names(writer: &mut BlobWriter, tables: &Tables, towns: &Towns) -> Result<(), TableError> {
    let mut keys = Keys::default();
    for (row, place) in (0..).zip(&towns.places) {
        keys.add(place_key(&place.name), row, Posting::NAME);
        // `Haag (Rheintal)` is called Haag.
        if let Some((bare, _)) = place.name.split_once('(') {
            keys.add(place_key(bare), row, Posting::ALIAS);
        }
        // `Biel/Bienne` goes by either name.
        for half in place.name.split('/').filter(|half| *half != place.name) {
            keys.add(place_key(half), row, Posting::NAME);
        }
        for alias in &place.aliases {
            keys.add(place_key(alias), row, Posting::ALIAS);
        }
    }
    let mut french = Vec::new();
    for line in tables
        .names
        .iter()
        .filter(|line| line.kind == NameKind::Town)
    {
        let row = towns
            .largest(&line.country, &line.of)
            .ok_or_else(|| line.error(format!("there is no town {:?} in places.tsv", line.of)))?;
        for name in line.aliases.iter().chain([&line.name]) {
            keys.add(place_key(name), row, Posting::EXONYM);
        }
        if !line.name.is_empty() {
            french.push((row, &*line.name));
        }
    }
    french.sort_unstable();
    writer.numbers(Section::FrenchPlace, french.iter().map(|(row, _)| *row));
    writer.texts(Section::FrenchName, french.iter().map(|(_, name)| *name));
    keys.write(writer, Section::Names, Section::NamePostings);
    Ok(())
}

fn write_postcodes(
    writer: &mut BlobWriter,
    tables: &Tables,
    towns: &Towns,
) -> Result<(), TableError> {
    let mut rows = Vec::with_capacity(tables.postcodes.len());
    for line in &tables.postcodes {
        let town = towns
            .of_postcode(line)
            .ok_or_else(|| line.error("there is no town for it".to_owned()))?;
        rows.push((postcode_key(&line.postcode), town, line));
    }
    rows.sort_by(|(key, town, _), (other_key, other_town, _)| {
        (key, town).cmp(&(other_key, other_town))
    });

    let mut keys = Keys::default();
    for (key, town, _) in &rows {
        keys.add_next(key.clone(), *town, Posting::NAME);
    }
    keys.write(writer, Section::Postcodes, Section::PostcodeTown);
    let lines = || {
        rows.iter()
            .map(|(_, town, line)| (line, towns.places[*town as usize]))
    };
    writer.texts(
        Section::PostcodeText,
        lines().map(|(line, _)| &*line.postcode),
    );
    writer.numbers(
        Section::PostcodeNorth,
        lines().map(|(line, town)| (line.latitude - town.latitude) as u32),
    );
    writer.numbers(
        Section::PostcodeEast,
        lines().map(|(line, town)| (line.longitude - town.longitude) as u32),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    /// A folder with one good line in each table, and one table replaced.
    fn tables(name: &str, file: &str, text: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("gazetteer-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let good = [
            "Lyon\tLyons|Lugdunum\tFR\t69\t45749\t4848\t519127\n",
            "FR\t69007\t45745\t4842\n",
            "FR\t69\tRhône\n",
            "FR\tFrance\tFrance\n",
            "town\tFR\tLyon\tLyon\tLa Ville des Gones\n",
        ];
        for (file, text) in FILES.iter().zip(good) {
            fs::write(folder.join(file), text).unwrap();
        }
        fs::write(folder.join(file), text).unwrap();
        folder
    }

    fn complaint(name: &str, file: &str, text: &str) -> String {
        let folder = tables(name, file, text);
        let error = compile(&folder).expect_err("the table is wrong");
        fs::remove_dir_all(&folder).unwrap();
        error
            .to_string()
            .replace(&format!("{}/", folder.display()), "")
    }

    #[test]
    fn a_mistake_in_a_table_is_named_with_file_and_line() {
        let good = "Lyon\t\tFR\t69\t45749\t4848\t519127\n";
        let cases = [
            ("Nantes\t\tFR\t44\t47218\n", "the longitude is missing"),
            (
                "Nantes\t\tFR\t44\t47218\t-1554\tmany\n",
                "the population \"many\" is not a number",
            ),
            (
                "Nantes\t\tFR\t44\t97218\t-1554\t1\n",
                "the latitude 97218 is not on earth",
            ),
            (
                "Nantes\t\tfr\t44\t47218\t-1554\t1\n",
                "the country \"fr\" is not two capital letters",
            ),
            (
                "Nantes\t\tFR\t44\t47218\t-1554\t1\t\n",
                "one column too many: \"\"",
            ),
            (
                "Utopia\t\tXX\t\t1\t1\t1\n",
                "the country XX is not in countries.tsv",
            ),
        ];
        for (line, reason) in cases {
            let said = complaint("places", "places.tsv", &format!("{good}{line}"));
            assert_eq!(said, format!("places.tsv:2: {reason}"));
        }
    }

    #[test]
    fn a_name_for_an_unknown_town_or_region_is_a_mistake() {
        assert_eq!(
            complaint("town", "names.tsv", "town\tFR\tLion\tLyon\t\n"),
            "names.tsv:1: there is no town \"Lion\" in places.tsv"
        );
        assert_eq!(
            complaint("region", "names.tsv", "region\tFR\t99\tNulle part\t\n"),
            "names.tsv:1: there is no region FR 99 in admin1.tsv"
        );
    }

    #[test]
    fn a_missing_table_is_named() {
        let folder = tables("missing", "names.tsv", "");
        fs::remove_file(folder.join("admin1.tsv")).unwrap();
        let said = compile(&folder)
            .expect_err("a table is missing")
            .to_string();
        fs::remove_dir_all(&folder).unwrap();
        assert!(said.contains("admin1.tsv:0: "), "{said}");
    }
}
