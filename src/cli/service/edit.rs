//! `archipelago service edit`: other facts of a service, or none.

use std::slice;

use clap::{Args, ValueEnum};

use crate::cli::Failure;
use crate::cli::founded::Founded;
use crate::config::Config;
use crate::domain::service::Service;

use super::facts::Facts;
use super::report::{Published, Report};
use super::{language, own, slug};

/// Arguments of `service edit`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Edit {
    /// The service
    slug: String,
    #[command(flatten)]
    facts: Facts,
    /// Say no longer: url, software, registration, price, price-text, room, people, note, or closing (it
    /// stays open after all); can be repeated
    #[arg(long, value_name = "FIELD", hide_possible_values = true)]
    clear: Vec<Field>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// A fact that a service may do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Field {
    Url,
    Software,
    Registration,
    Price,
    PriceText,
    Room,
    People,
    Note,
    Closing,
}

impl Edit {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let slug = slug(&self.slug)?;
        if !self.facts.is_any() && self.clear.is_empty() {
            let sentence =
                "nothing is to be changed: name what is, as in --full or --clear closing";
            return Err(Failure::Usage(sentence.to_owned()));
        }
        self.refuse_both()?;
        let node = Founded::open(&config).await?;
        let before = own(&node, &slug).await?;
        let mut service = before.clone();
        for field in &self.clear {
            field.clear(&mut service);
        }
        let language = language(&node, self.facts.lang.as_deref()).await?;
        self.facts.lay_over(&mut service, language)?;
        let published = match service == before {
            true => Published::Nothing,
            false => {
                node.federation.update_service(service.clone()).await?;
                Published::Update
            }
        };
        let report = Report::of(&node, slice::from_ref(&service), published).await?;
        report.print(self.json)
    }

    /// A fact cannot be given and cleared at once.
    fn refuse_both(&self) -> Result<(), Failure> {
        let facts = &self.facts;
        let given = [
            (Field::Url, facts.url.is_some(), "--url"),
            (Field::Software, facts.software.is_some(), "--software"),
            (
                Field::Registration,
                facts.registration.is_some(),
                "--registration",
            ),
            (Field::Price, facts.price.is_some(), "--price"),
            (Field::PriceText, facts.price_text.is_some(), "--price-text"),
            (Field::Room, facts.full, "--full"),
            (Field::Room, facts.open, "--open"),
            (Field::People, facts.people.is_some(), "--people"),
            (Field::Note, facts.note.is_some(), "--note"),
        ];
        let both = given
            .iter()
            .find(|(field, is_given, _)| *is_given && self.clear.contains(field));
        match both {
            None => Ok(()),
            Some((_, _, flag)) => Err(Failure::flag(
                flag,
                "is also to be cleared: which of the two?",
            )),
        }
    }
}

impl Field {
    fn clear(self, service: &mut Service) {
        match self {
            Self::Url => service.url = None,
            Self::Software => service.software = None,
            Self::Registration => service.registration = None,
            Self::Price => service.price = None,
            Self::PriceText => {
                if let Some(price) = &mut service.price {
                    price.text = None;
                }
            }
            Self::Room => {
                if let Some(capacity) = &mut service.capacity {
                    capacity.room = None;
                }
            }
            Self::People => {
                if let Some(capacity) = &mut service.capacity {
                    capacity.people = None;
                }
            }
            Self::Note => service.note = None,
            Self::Closing => service.closing = None,
        }
    }
}
