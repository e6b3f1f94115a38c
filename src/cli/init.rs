//! `archipelago init`: makes this machine's database a node.
//!
//! The order is: open the database, write the settings, found the node. A database that does not open
//! leaves no settings behind that name it. Founding is last and one transaction, since it is the only
//! step that cannot be taken back: its keys and its token are made there. Whatever stops us before it,
//! the same command finishes; whatever stops us after it took only the token, and `--new-token` makes
//! another.

mod answers;
mod dialogue;
mod place;
mod settings;

use std::env;
use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};
use serde::Serialize;

use crate::clock::Clock;
use crate::config::{self, Config, Layer, domain_in_words};
use crate::domain::localized::Language;
use crate::federation::{Kind, Token};
use crate::store::{LocalActor, Store, without_password};

use super::failure::parsed;
use super::founded::{self, Node};
use super::{Failure, Settings, database, output};
use answers::Answers;
use dialogue::Dialogue;
use settings::File;

/// Arguments of `init`. What is missing is asked for on a terminal.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The public address, for good: a host name such as hoster.example
    #[arg(long, value_name = "HOST")]
    domain: Option<String>,
    /// Whose node it is: hoster, collective or directory
    #[arg(long, value_name = "KIND", hide_possible_values = true, value_parser = kinds())]
    kind: Option<Kind>,
    /// The name that people read
    #[arg(long)]
    name: Option<String>,
    /// The name before the @ [default: the first part of the domain]
    #[arg(long, value_name = "WORD")]
    username: Option<String>,
    /// A hoster's town or postcode, such as Lyon, 69007 or \"Valence, Drôme\"
    #[arg(long)]
    place: Option<String>,
    /// A hoster's own site
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    website: Option<String>,
    /// A few words about a hoster
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// A language a hoster answers in: fr, en, de…; can be repeated
    #[arg(long, value_name = "CODE")]
    language: Vec<String>,
    /// The language of the description [default: the first --language, else that of the terminal]
    #[arg(long, value_parser = ["fr", "en"])]
    lang: Option<String>,
    /// Address and port to answer on, kept in the settings [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Make another token to manage the node that was founded here
    #[arg(long, conflicts_with_all = ["domain", "kind", "name", "username", "place", "website",
        "description", "language", "lang", "listen"])]
    new_token: bool,
    /// Print what was made as JSON
    #[arg(long)]
    json: bool,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.word()))
        .map(|word| Kind::from_word(&word).expect("clap lets only these words through"))
}

impl Init {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let domain = parsed("--domain", &self.domain, config::domain)?;
        let file = File::at(settings.config.as_deref())?;
        let flags = settings.over(Layer {
            domain,
            listen: self.listen,
            ..Layer::default()
        });
        let config = Config::of(file.said(), env::vars_os(), flags.clone())
            .map_err(Failure::wrong_settings)?;
        let existing = database::open_if_any(&config).await?;
        if let Some(store) = &existing {
            let local = store.local_actors().await?;
            if !local.is_empty() {
                return self.again(store, &local).await;
            }
        }
        if self.new_token {
            return Err(founded::none_yet());
        }

        let clock = Clock::system();
        let mut somebody = Dialogue::with_terminal();
        let answers = Answers::of(&self, &config, clock.today(), somebody.as_mut())?;
        let wanted = Layer {
            domain: Some(answers.founder.addresses.home()),
            ..flags
        };
        file.check(&wanted)?;
        let store = match existing {
            Some(store) => store,
            None => Store::open(&config.database_url).await?,
        };
        file.write(&wanted)?;
        if io::stderr().is_terminal() {
            eprintln!("Making the keys…");
        }
        let token = answers.founder.found(&store, clock.now()).await?;
        let local = store.local_actors().await?;
        let Some(token) = token else {
            return Err(already(&local));
        };
        let made = Made {
            node: Node::of(&local),
            place: answers.place.as_ref().map(|place| place.label()),
            settings: file.path(),
            database: without_password(&config.database_url),
            token: token.expose(),
        };
        if self.json {
            output::print_json(&made)
        } else {
            output::print(&made.in_words(settings.config.is_some()))
        }
    }

    /// The node is founded: nothing of it changes, but there may be another token.
    async fn again(&self, store: &Store, local: &[LocalActor]) -> Result<(), Failure> {
        if !self.new_token {
            return Err(already(local));
        }
        let token = Token::generate();
        let now = Clock::system().now();
        store
            .add_token(&token.hash(), "init --new-token", now)
            .await?;
        if self.json {
            return output::print_json(&serde_json::json!({ "token": token.expose() }));
        }
        output::print(&format!("{TOKEN}\n\n  {}\n", token.expose()))
    }

    fn language(&self) -> Language {
        let chosen = self.lang.iter().chain(&self.language);
        let mut known = chosen.filter_map(|code| Language::from_code(&code.to_ascii_lowercase()));
        known.next().unwrap_or_else(output::language)
    }
}

const TOKEN: &str =
    "The token that manages this node, shown this once; keep it as you keep a password:";

fn already(local: &[LocalActor]) -> Failure {
    Failure::said(format!(
        "this is the node of {} already, and nothing was changed; `archipelago init --new-token` makes \
         another token for it, and another node needs a database of its own",
        Node::of(local)
    ))
}

#[derive(Serialize)]
struct Made<'a> {
    #[serde(flatten)]
    node: Node<'a>,
    place: Option<String>,
    settings: &'a Path,
    database: String,
    token: &'a str,
}

impl Made<'_> {
    fn in_words(&self, names_settings: bool) -> String {
        let node = &self.node;
        let settings = self.settings.display();
        let flag = match names_settings {
            true => format!(" --config {settings}"),
            false => String::new(),
        };
        let mut out = format!("This is the node of {node} now.\n\n");
        let place = self.place.iter().map(|place| ("place", place.clone()));
        let known = [
            ("settings", settings.to_string()),
            ("database", self.database.clone()),
        ];
        for (name, value) in place.chain(known) {
            writeln!(out, "  {name:<10}{value}").expect("a String takes everything");
        }
        let host = domain_in_words(&node.address);
        let mut next = vec![(
            "serve",
            format!(
                "runs it; a server that speaks TLS for {host} stands in front, and the token opens \
                 {}manage",
                node.address
            ),
        )];
        if node.kind == Kind::Hoster {
            let add = "service add pads --name Pads --need pads";
            next.push((add, "publishes a service".to_owned()));
            let apply = "asks a collective to become a member of it".to_owned();
            next.push(("member apply COLLECTIVE", apply));
        }
        if node.kind == Kind::Collective {
            let set = "member charter set FILE --version 1";
            next.push((set, "puts in force what members agree to".to_owned()));
            let list = "shows who applied; `member accept HOSTER` makes a member".to_owned();
            next.push(("member list", list));
        }
        next.push((
            "follow ADDRESS",
            "subscribes to a hoster, a collective or a directory".to_owned(),
        ));
        write!(out, "\n{TOKEN}\n\n  {}\n\nNext:\n\n", self.token)
            .expect("a String takes everything");
        for (command, what) in next {
            writeln!(out, "  archipelago {command}{flag}\n      {what}")
                .expect("a String takes everything");
        }
        out
    }
}

/// The flags that nobody could be asked for.
fn missing(flags: &[&str]) -> Failure {
    let (last, first) = flags.split_last().expect("something is missing");
    let flags = match first {
        [] => format!("{last} is"),
        first => format!("{} and {last} are", first.join(", ")),
    };
    Failure::Usage(format!("{flags} missing; on a terminal, init asks"))
}
