use super::*;

fn read(file: &str, environment: &[(&str, &str)], flags: Layer) -> Result<Config, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("settings.toml");
    std::fs::write(&path, file).unwrap();
    let environment = environment
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    Config::read(Some(&path), environment, flags).map_err(|error| {
        let path = format!("{}, ", path.display());
        error.to_string().replace(&path, "")
    })
}

#[test]
fn without_any_source_the_defaults_hold() {
    let config = read("", &[("PATH", "/bin")], Layer::default()).unwrap();
    assert_eq!(config.database_url, "sqlite:archipelago.db");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.directory.least_standing, None);
    assert_eq!(config.network.allow, []);
}

#[test]
fn ranges_are_listed_in_the_file_in_the_environment_and_by_flags() {
    let file = "[network]\nallow = ['10.1.2.3/8', 'fd00::/8']";
    let allowed = |environment: &[(&str, &str)], flag: Option<&str>| {
        let flags = Layer {
            network: NetworkLayer {
                allow: flag.map(|text| vec![range(text).unwrap()]),
            },
            ..Layer::default()
        };
        let config = read(file, environment, flags).unwrap();
        let texts: Vec<_> = config.network.allow.iter().map(IpNet::to_string).collect();
        texts.join(" ")
    };
    assert_eq!(allowed(&[], None), "10.0.0.0/8 fd00::/8");
    let two = [("ARCHIPELAGO_NETWORK_ALLOW", "127.0.0.0/8, ::1/128,")];
    assert_eq!(allowed(&two, None), "127.0.0.0/8 ::1/128");
    assert_eq!(allowed(&[("ARCHIPELAGO_NETWORK_ALLOW", "")], None), "");
    assert_eq!(allowed(&two, Some("192.168.0.0/16")), "192.168.0.0/16");
}

#[test]
fn what_is_no_range_is_refused_with_an_example() {
    for text in [
        "",
        "127.0.0.1",
        "127.0.0.0/33",
        "localhost",
        "::ffff:127.0.0.0/104",
    ] {
        let expected =
            format!("{text:?} is not a range of addresses such as 127.0.0.0/8 or fd00::/8");
        assert_eq!(range(text), Err(expected.clone()));
        let file = format!("\n[network]\nallow = ['::1/128', '{text}']");
        assert_eq!(
            read(&file, &[], Layer::default()).unwrap_err(),
            format!("line 3: {expected}")
        );
    }
    let variable = [("ARCHIPELAGO_NETWORK_ALLOW", "::1/128,private")];
    assert!(
        read("", &variable, Layer::default())
            .unwrap_err()
            .starts_with("environment variable ARCHIPELAGO_NETWORK_ALLOW: \"private\" is not")
    );
}

#[test]
fn the_variable_that_disarms_the_federation_library_stops_us() {
    for value in ["1", "0", ""] {
        let variable = [("DANGER_FEDERATION_ALLOW_LOCAL_IP", value)];
        assert_eq!(
            read("", &variable, Layer::default()).unwrap_err(),
            "environment variable DANGER_FEDERATION_ALLOW_LOCAL_IP: would let anybody make this \
                 node connect to private addresses; unset it, and name the ranges that may be with --allow-net"
        );
    }
}

#[test]
fn the_file_gives_way_to_the_environment_and_that_to_flags() {
    let file = "database_url = 'sqlite:file'\nlisten = '[::1]:1'\n[directory]\nleast_standing = 'reported'\n";
    let environment = [
        ("ARCHIPELAGO_LISTEN", "[::1]:2"),
        ("ARCHIPELAGO_DATABASE_URL", "sqlite:environment"),
        ("ARCHIPELAGO_LOG", "debug"),
    ];
    let flags = Layer {
        listen: Some("[::1]:3".parse().unwrap()),
        ..Layer::default()
    };
    let config = read(file, &environment, flags).unwrap();
    assert_eq!(config.listen.to_string(), "[::1]:3");
    assert_eq!(config.database_url, "sqlite:environment");
    assert_eq!(config.directory.least_standing, Some(Standing::Reported));
}

#[test]
fn a_wrong_line_is_named_with_what_is_allowed() {
    let problem = |file| read(file, &[], Layer::default()).unwrap_err();
    assert_eq!(
        problem("\n\nlisen = '[::1]:1'"),
        "line 3: unknown field `lisen`, expected one of `database_url`, `listen`, `domain`, `directory`, `trust`, `blocks`, `network`, `limits`, `server`, `log`"
    );
    assert_eq!(
        problem("database_url = 5"),
        "line 1: invalid type: integer `5`, expected a string"
    );
    assert_eq!(
        problem("[directory]\nleast_standing = 'high'"),
        "line 2: unknown variant `high`, expected one of `unknown`, `reported`, `claimed`, `confirmed`, `anchor`"
    );
    assert_eq!(
        problem("listen = 'nowhere'"),
        "line 1: \"nowhere\" is not an address and a port such as 127.0.0.1:8080"
    );
    assert!(problem("listen = ").starts_with("line 1: "));
}

#[test]
fn a_wrong_variable_is_named_with_what_is_allowed() {
    let problem = |name, value| read("", &[(name, value)], Layer::default()).unwrap_err();
    assert_eq!(
        problem("ARCHIPELAGO_LISEN", "x"),
        "environment variable ARCHIPELAGO_LISEN: names no setting; the settings are ARCHIPELAGO_DATABASE_URL, \
             ARCHIPELAGO_LISTEN, ARCHIPELAGO_DOMAIN, ARCHIPELAGO_DIRECTORY_LEAST_STANDING, ARCHIPELAGO_TRUST_ANCHORS, ARCHIPELAGO_TRUST_MAX_DEPTH, ARCHIPELAGO_TRUST_COLLECTIVE_QUOTA, ARCHIPELAGO_TRUST_HOSTER_QUOTA, ARCHIPELAGO_BLOCKS_DOMAINS, ARCHIPELAGO_NETWORK_ALLOW, ARCHIPELAGO_LIMITS_PER_MINUTE, ARCHIPELAGO_LIMITS_BURST, ARCHIPELAGO_LIMITS_TRUSTED_PROXIES, ARCHIPELAGO_LIMITS_PROXY_HEADER, ARCHIPELAGO_SERVER_REQUESTS_AT_ONCE, ARCHIPELAGO_SERVER_CONNECTIONS, ARCHIPELAGO_SERVER_LEAVE_SECONDS, ARCHIPELAGO_LOG_FORMAT (and ARCHIPELAGO_LOG, ARCHIPELAGO_BIN)"
    );
    assert_eq!(
        problem("ARCHIPELAGO_DIRECTORY_LEAST_STANDING", "high"),
        "environment variable ARCHIPELAGO_DIRECTORY_LEAST_STANDING: \"high\" is none of unknown, reported, claimed, confirmed, anchor"
    );
    assert!(problem("ARCHIPELAGO_LISTEN", "").contains("127.0.0.1:8080"));
}

#[test]
fn a_file_that_was_named_must_exist() {
    let error = Config::read(Some(Path::new("/nowhere/a.toml")), [], Layer::default());
    assert_eq!(
        error.unwrap_err().to_string(),
        "cannot read the settings in /nowhere/a.toml"
    );
}

#[test]
fn a_domain_is_https_unless_it_has_a_port_or_names_this_machine() {
    let origin = |text| domain(text).map(String::from);
    for (text, home) in [
        ("hoster.example", "https://hoster.example/"),
        (" Hoster.Example ", "https://hoster.example/"),
        ("a.localhost:4001", "http://a.localhost:4001/"),
        ("localhost", "http://localhost/"),
        (
            "https://hoster.example:8443",
            "https://hoster.example:8443/",
        ),
        ("http://hoster.example/", "http://hoster.example/"),
    ] {
        assert_eq!(origin(text), Ok(home.to_owned()), "{text}");
    }
    for text in [
        "",
        "127.0.0.1:80",
        "[::1]",
        "hoster.example/fr",
        "ftp://a.example",
        "http://u@a.example",
        "http://:p@a.example",
        "a b",
    ] {
        let problem = origin(text).unwrap_err();
        assert!(
            problem.contains("such as hoster.example"),
            "{text}: {problem}"
        );
    }
}

#[test]
fn a_domain_is_written_so_that_it_is_read_back() {
    for (text, written) in [
        ("Hoster.example", "hoster.example"),
        ("https://bücher.example:443/", "xn--bcher-kva.example"),
        ("a.localhost:4001", "http://a.localhost:4001"),
        ("https://a.localhost", "https://a.localhost"),
        ("http://hoster.example", "http://hoster.example"),
        ("localhost", "localhost"),
    ] {
        let url = domain(text).unwrap();
        assert_eq!(domain_in_words(&url), written);
        assert_eq!(domain(written).unwrap(), url);
    }
    let refused = domain(&"é/".repeat(5_000)).unwrap_err();
    assert!(refused.chars().count() < 200, "{refused}");
    assert!(!domain("a/\u{1b}[31m").unwrap_err().contains('\u{1b}'));
}

#[test]
fn what_the_settings_choose_is_read_from_the_file_and_the_environment() {
    let file = "[trust]\nanchors = ['https://a.example/ap/group']\nmax_depth = 2\nhoster_quota = 0\n\
                [blocks]\ndomains = ['EVIL.example', 'bücher.example.']";
    let choices = read(file, &[], Layer::default()).unwrap().choices();
    assert_eq!(choices.rules.max_depth, Some(2));
    assert_eq!(choices.rules.hoster_quota, Some(0));
    assert_eq!(choices.rules.collective_quota, None);
    let actors = choices.anchors.iter().map(|anchor| anchor.actor.as_str());
    assert_eq!(actors.collect::<Vec<_>>(), ["https://a.example/ap/group"]);
    let domains = choices.blocks.iter().map(|block| block.domain.as_str());
    assert_eq!(
        domains.collect::<Vec<_>>(),
        ["evil.example", "xn--bcher-kva.example"]
    );
    let environment = [
        (
            "ARCHIPELAGO_TRUST_ANCHORS",
            "https://b.example/x,https://c.example/x",
        ),
        ("ARCHIPELAGO_TRUST_MAX_DEPTH", "1"),
        ("ARCHIPELAGO_TRUST_COLLECTIVE_QUOTA", "7"),
        ("ARCHIPELAGO_BLOCKS_DOMAINS", ""),
    ];
    let choices = read(file, &environment, Layer::default())
        .unwrap()
        .choices();
    assert_eq!((choices.anchors.len(), choices.blocks.len()), (2, 0));
    assert_eq!(choices.rules.max_depth, Some(1));
    assert_eq!(choices.rules.collective_quota, Some(7));
}

#[test]
fn a_choice_that_nobody_can_make_is_refused() {
    for (line, problem) in [
        (
            "[trust]\nmax_depth = 4",
            "\"4\" is no whole number from 1 to 3",
        ),
        (
            "[trust]\nhoster_quota = -1",
            "\"-1\" is no whole number from 0 to 10000",
        ),
        (
            "[trust]\nanchors = ['a.example']",
            "\"a.example\" is not the address of an actor",
        ),
        ("[blocks]\ndomains = ['org']", "\"org\" is no one's own"),
        (
            "[blocks]\ndomains = ['a.example/x']",
            "\"a.example/x\" is not the name of a host",
        ),
    ] {
        let error = read(line, &[], Layer::default()).unwrap_err();
        assert!(error.contains(problem), "{error}");
    }
    let variable = [("ARCHIPELAGO_TRUST_MAX_DEPTH", "far")];
    let error = read("", &variable, Layer::default()).unwrap_err();
    assert!(
        error.ends_with("\"far\" is no whole number from 1 to 3"),
        "{error}"
    );
}

#[test]
fn limits_are_read_from_the_file_and_the_environment_and_hold_without_either() {
    let limits = |file, environment: &[(&str, &str)]| {
        let limits = read(file, environment, Layer::default()).unwrap().limits;
        let ranges = limits.trusted_proxies.iter().map(IpNet::to_string);
        (
            limits.per_minute.map_or(0, NonZeroU32::get),
            limits.burst.get(),
            ranges.collect::<Vec<_>>().join(" "),
            limits.proxy_header.word(),
        )
    };
    let own = || "127.0.0.0/8 ::1/128".to_owned();
    assert_eq!(limits("", &[]), (1_200, 240, own(), "x-forwarded-for"));
    let file = "[limits]\nper_minute = 60\nburst = 5\ntrusted_proxies = ['10.0.0.0/8']\nproxy_header = 'forwarded'";
    let ten = || "10.0.0.0/8".to_owned();
    assert_eq!(limits(file, &[]), (60, 5, ten(), "forwarded"));
    let environment = [
        ("ARCHIPELAGO_LIMITS_PER_MINUTE", "0"),
        ("ARCHIPELAGO_LIMITS_BURST", "7"),
        ("ARCHIPELAGO_LIMITS_TRUSTED_PROXIES", ""),
        ("ARCHIPELAGO_LIMITS_PROXY_HEADER", "x-forwarded-for"),
    ];
    assert_eq!(
        limits(file, &environment),
        (0, 7, String::new(), "x-forwarded-for")
    );
}

#[test]
fn how_much_is_answered_and_how_it_is_logged_is_read_and_holds_without_either() {
    let settings = |file, environment: &[(&str, &str)]| {
        let config = read(file, environment, Layer::default()).unwrap();
        let Server {
            requests_at_once,
            connections,
            leave,
        } = config.server;
        (
            requests_at_once.get(),
            connections.get(),
            leave.as_secs(),
            config.log.format.word(),
        )
    };
    assert_eq!(settings("", &[]), (256, 4_096, 0, "text"));
    let file = "[server]\nrequests_at_once = 9\nconnections = 99\nleave_seconds = 7\n[log]\nformat = 'json'";
    assert_eq!(settings(file, &[]), (9, 99, 7, "json"));
    let environment = [
        ("ARCHIPELAGO_SERVER_REQUESTS_AT_ONCE", "8"),
        ("ARCHIPELAGO_SERVER_CONNECTIONS", "88"),
        ("ARCHIPELAGO_SERVER_LEAVE_SECONDS", "0"),
        ("ARCHIPELAGO_LOG_FORMAT", "text"),
    ];
    assert_eq!(settings(file, &environment), (8, 88, 0, "text"));
    for (lines, problem) in [
        ("[server]\nrequests_at_once = 0", "from 1 to 10000000"),
        ("[server]\nconnections = 65536", "from 1 to 65535"),
        ("[server]\nleave_seconds = 601", "from 0 to 600"),
        ("[server]\nleave_seconds = -1", "from 0 to 600"),
        ("[log]\nformat = 'xml'", "expected `text` or `json`"),
    ] {
        let error = read(lines, &[], Layer::default()).unwrap_err();
        assert!(error.contains(problem), "{error}");
    }
}

#[test]
fn a_limit_that_is_none_is_refused() {
    for (line, problem) in [
        ("burst = 0", "\"0\" is no whole number from 1 to 10000000"),
        (
            "per_minute = -1",
            "\"-1\" is no whole number from 0 to 10000000",
        ),
        ("per_minute = 10000001", "\"10000001\" is no whole number"),
        ("proxy_header = 'via'", "unknown variant `via`"),
        ("trusted_proxies = ['proxy']", "\"proxy\" is not a range"),
    ] {
        let error = read(&format!("[limits]\n{line}"), &[], Layer::default()).unwrap_err();
        assert!(error.contains(problem), "{error}");
    }
    let variable = [("ARCHIPELAGO_LIMITS_PROXY_HEADER", "via")];
    let error = read("", &variable, Layer::default()).unwrap_err();
    assert!(
        error.ends_with("\"via\" is none of x-forwarded-for, forwarded"),
        "{error}"
    );
}
