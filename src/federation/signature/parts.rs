//! The parts of a request that a signature speaks about, free of any HTTP library's types.

use url::{Position, Url};

use super::Refused;

/// The longest header that is read, in bytes: room for a key id of 2,000 bytes and a signature of
/// 4,096 bits.
pub const MAX_HEADER_BYTES: usize = 4_096;

/// A request as it came, its body apart.
#[derive(Debug, Clone)]
pub struct Parts<'a> {
    /// The method, in capitals: `POST`.
    pub method: &'a str,
    /// The request's target as it was sent, nothing decoded: `/inbox?page=1`.
    pub path_and_query: &'a str,
    /// Every header line in the order received; a name may stand there several times.
    pub headers: Vec<(&'a str, &'a [u8])>,
}

impl<'a> Parts<'a> {
    /// The value of a header that must be there exactly once.
    pub(super) fn only(&self, name: &str) -> Result<&'a str, Refused> {
        let mut lines = self.lines(name);
        match (lines.next(), lines.next()) {
            (None, _) => Err(Refused::Missing(name.to_owned())),
            (Some(line), None) => plain(name, line),
            (Some(_), Some(_)) => Err(Refused::Repeated(name.to_owned())),
        }
    }

    /// Whether a header is there at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.lines(name).next().is_some()
    }

    /// Appends the value of a header as RFC 9421 §2.1 wants it signed: each line trimmed, all lines
    /// joined by a comma and a space.
    pub(super) fn append_joined(&self, name: &str, text: &mut String) -> Result<(), Refused> {
        let start = text.len();
        for (at, line) in self.lines(name).enumerate() {
            if at > 0 {
                text.push_str(", ");
            }
            text.push_str(plain(name, line)?.trim_matches([' ', '\t']));
            if text.len() - start > MAX_HEADER_BYTES {
                return Err(Refused::TooLong(name.to_owned()));
            }
        }
        if self.has(name) {
            Ok(())
        } else {
            Err(Refused::Missing(name.to_owned()))
        }
    }

    /// Checks that the request was meant for `our_origin`: its one Host header is our authority, the
    /// default port written or not (RFC 9110 §4.2.3), and its target is a path.
    pub(super) fn is_addressed_to(&self, our_origin: &Url) -> Result<(), Refused> {
        let host = self.only("host")?;
        let ours = authority(our_origin);
        let default_port = match our_origin.scheme() {
            "https" => ":443",
            _ => ":80",
        };
        let without_port = host.strip_suffix(default_port);
        if !host.eq_ignore_ascii_case(ours)
            && !without_port.is_some_and(|host| host.eq_ignore_ascii_case(ours))
        {
            return Err(Refused::OtherHost);
        }
        let target = self.path_and_query.as_bytes();
        if !target.starts_with(b"/") || !target.iter().all(u8::is_ascii_graphic) {
            return Err(Refused::Target);
        }
        Ok(())
    }

    fn lines(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let named = self.headers.iter();
        named.filter_map(move |(given, value)| given.eq_ignore_ascii_case(name).then_some(*value))
    }
}

/// Host and port as an HTTP client sends them: a default port is left out.
pub(super) fn authority(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

/// Path and query as an HTTP client sends them.
pub(super) fn path_and_query(url: &Url) -> &str {
    &url[Position::BeforePath..Position::AfterQuery]
}

fn plain<'a>(name: &str, line: &'a [u8]) -> Result<&'a str, Refused> {
    if line.len() > MAX_HEADER_BYTES {
        return Err(Refused::TooLong(name.to_owned()));
    }
    let text = std::str::from_utf8(line).ok();
    text.filter(|text| text.bytes().all(|c| matches!(c, b'\t' | b' '..=b'~')))
        .ok_or_else(|| Refused::NotPlain(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(headers: &[(&'static str, &'static str)]) -> Parts<'static> {
        Parts {
            method: "POST",
            path_and_query: "/inbox",
            headers: headers.iter().map(|(n, v)| (*n, v.as_bytes())).collect(),
        }
    }

    fn joined(parts: &Parts, name: &str) -> Result<String, Refused> {
        let mut text = String::new();
        parts.append_joined(name, &mut text).map(|()| text)
    }

    #[test]
    fn a_header_is_found_whatever_its_case_and_only_once() {
        let parts = with(&[("Date", "now"), ("Accept", "a"), ("accept", "b")]);
        assert_eq!(parts.only("date"), Ok("now"));
        assert_eq!(
            parts.only("accept"),
            Err(Refused::Repeated("accept".into()))
        );
        assert_eq!(parts.only("host"), Err(Refused::Missing("host".into())));
    }

    #[test]
    fn header_lines_are_joined_as_rfc_9421_shows() {
        // RFC 9421 §2.1, the examples.
        let parts = with(&[
            ("Host", "www.example.com"),
            ("X-OWS-Header", "   Leading and trailing whitespace.   "),
            ("Cache-Control", "max-age=60"),
            ("X-Empty-Header", ""),
            ("Cache-Control", "    must-revalidate"),
            ("Example-Dict", "  a=1,    b=2;x=1;y=2,   c=(a   b   c)"),
        ]);
        for (name, value) in [
            ("host", "www.example.com"),
            ("x-ows-header", "Leading and trailing whitespace."),
            ("cache-control", "max-age=60, must-revalidate"),
            ("x-empty-header", ""),
            ("example-dict", "a=1,    b=2;x=1;y=2,   c=(a   b   c)"),
        ] {
            assert_eq!(joined(&parts, name).as_deref(), Ok(value));
        }
        assert_eq!(joined(&parts, "date"), Err(Refused::Missing("date".into())));
    }

    #[test]
    fn a_header_that_could_pass_for_two_is_refused() {
        for value in ["a\nhost: b", "a\r\nb", "a\0", "caf\u{e9}", "\u{7f}"] {
            let parts = Parts {
                headers: vec![("date", value.as_bytes())],
                ..with(&[])
            };
            let refused = Refused::NotPlain("date".into());
            assert_eq!(parts.only("date"), Err(refused.clone()), "{value:?}");
            assert_eq!(joined(&parts, "date"), Err(refused), "{value:?}");
        }
    }

    #[test]
    fn a_long_header_is_refused_in_one_line_or_in_many() {
        let fits = "a".repeat(MAX_HEADER_BYTES);
        let half = "a".repeat(MAX_HEADER_BYTES / 2);
        let long = "a".repeat(10_000);
        let one = |value: &str| {
            let headers = vec![("date", value.as_bytes())];
            let parts = Parts {
                headers,
                ..with(&[])
            };
            parts.only("date").map(str::len)
        };
        assert_eq!(one(&fits), Ok(MAX_HEADER_BYTES));
        assert_eq!(one(&long), Err(Refused::TooLong("date".into())));
        let lines = Parts {
            headers: vec![("date", half.as_bytes()); 2],
            ..with(&[])
        };
        assert_eq!(joined(&lines, "date"), Err(Refused::TooLong("date".into())));
    }

    #[test]
    fn a_request_for_another_host_is_not_for_us() {
        let to = |host: &'static str, origin: &str| {
            with(&[("host", host)]).is_addressed_to(&Url::parse(origin).unwrap())
        };
        for (host, origin) in [
            ("node.example", "https://node.example"),
            ("NODE.example", "https://node.example/"),
            ("node.example:443", "https://node.example"),
            ("localhost:8080", "http://localhost:8080"),
            ("localhost:80", "http://localhost"),
            ("[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(to(host, origin), Ok(()), "{host}");
        }
        for (host, origin) in [
            ("other.example", "https://node.example"),
            ("node.example:80", "https://node.example"),
            ("node.example.", "https://node.example"),
            ("node.example.evil.example", "https://node.example"),
            ("localhost", "http://localhost:8080"),
            ("", "https://node.example"),
        ] {
            assert_eq!(to(host, origin), Err(Refused::OtherHost), "{host}");
        }
    }

    #[test]
    fn a_target_is_a_path() {
        let origin = Url::parse("https://node.example").unwrap();
        for target in [
            "",
            "*",
            "inbox",
            "https://node.example/inbox",
            "/a b",
            "/a\n",
            "/é",
        ] {
            let parts = Parts {
                path_and_query: target,
                ..with(&[("host", "node.example")])
            };
            assert_eq!(parts.is_addressed_to(&origin), Err(Refused::Target));
        }
    }
}
