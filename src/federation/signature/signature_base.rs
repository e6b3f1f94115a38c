//! The text that an RFC 9421 signature signs (§2.5): a line for each covered component of a request.

use sfv::{InnerList, ListSerializer};
use url::Url;

use super::parts::authority;
use super::{Parts, Refused};

/// Builds the signature base of a request to `origin`.
///
/// A component with a parameter (`;bs`, `;sf`, `;key`, `;req`, `;tr`) and a derived one of responses
/// or single query parameters are refused: nobody in the fediverse signs them.
pub(super) fn signature_base(
    parts: &Parts,
    origin: &Url,
    covered: &InnerList,
) -> Result<String, Refused> {
    let mut base = String::with_capacity(512);
    for item in &covered.items {
        let name = component(item)?;
        base.push('"');
        base.push_str(name);
        base.push_str("\": ");
        append_value(name, parts, origin, &mut base)?;
        base.push('\n');
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(&signature_params(covered));
    Ok(base)
}

/// The covered components with the parameters of the signature, as Signature-Input has them (§2.3).
pub(super) fn signature_params(covered: &InnerList) -> String {
    let mut list = ListSerializer::new();
    let mut inner = list.inner_list();
    inner.items(&covered.items);
    // All is written into the list; what is left is a handle for more.
    let _ = inner.finish().parameters(&covered.params);
    list.finish().expect("the list has one member")
}

/// The name of a component without parameters: lower case, as §2.1 wants it.
pub(super) fn component(item: &sfv::Item) -> Result<&str, Refused> {
    let name = item.bare_item.as_string().map(|name| name.as_str());
    name.filter(|name| {
        let is_token = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-_.".contains(&c);
        let field = name.strip_prefix('@').unwrap_or(name);
        item.params.is_empty() && !field.is_empty() && field.bytes().all(is_token)
    })
    .ok_or(Refused::Component)
}

fn append_value(name: &str, parts: &Parts, origin: &Url, base: &mut String) -> Result<(), Refused> {
    let target = parts.path_and_query;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match name {
        "@method" => base.push_str(parts.method),
        // Scheme and authority are those of our origin, whatever the request says.
        "@target-uri" => {
            base.extend([origin.scheme(), "://", authority(origin), target]);
        }
        "@authority" => base.push_str(authority(origin)),
        "@scheme" => base.push_str(origin.scheme()),
        "@request-target" => base.push_str(target),
        "@path" => base.push_str(path),
        // §2.2.7: with its question mark, which stands alone where there is no query.
        "@query" => {
            base.push('?');
            base.push_str(query);
        }
        derived if derived.starts_with('@') => return Err(Refused::Component),
        field => parts.append_joined(field, base)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD as BASE64;
    use sfv::{Dictionary, ListEntry, Parser};

    use super::*;
    use crate::federation::signature::{PublicKey, sample};

    fn covered(input: &str) -> InnerList {
        let input = format!("sig={input}");
        let dictionary = Parser::new(&input).parse::<Dictionary>().unwrap();
        match dictionary.into_values().next() {
            Some(ListEntry::InnerList(list)) => list,
            other => panic!("{other:?}"),
        }
    }

    fn base(parts: &Parts, origin: &str, input: &str) -> Result<String, Refused> {
        signature_base(parts, &Url::parse(origin).unwrap(), &covered(input))
    }

    const CONTENT_DIGEST: &str = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

    /// The request of RFC 9421 §B.2.
    fn test_request() -> Parts<'static> {
        Parts {
            method: "POST",
            path_and_query: "/foo?param=Value&Pet=dog",
            headers: vec![
                ("Host", b"example.com"),
                ("Date", b"Tue, 20 Apr 2021 02:07:55 GMT"),
                ("Content-Type", b"application/json"),
                ("Content-Digest", CONTENT_DIGEST.as_bytes()),
                ("Content-Length", b"18"),
            ],
        }
    }

    #[test]
    fn the_base_is_the_one_of_the_rfcs_full_coverage() {
        // RFC 9421 §B.2.3.
        let input = r#"("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#;
        let expected = [
            r#""date": Tue, 20 Apr 2021 02:07:55 GMT"#,
            r#""@method": POST"#,
            r#""@path": /foo"#,
            r#""@query": ?param=Value&Pet=dog"#,
            r#""@authority": example.com"#,
            r#""content-type": application/json"#,
            &format!(r#""content-digest": {CONTENT_DIGEST}"#),
            r#""content-length": 18"#,
            &format!(r#""@signature-params": {input}"#),
        ];
        assert_eq!(
            base(&test_request(), "https://example.com", input),
            Ok(expected.join("\n"))
        );
    }

    #[test]
    fn the_base_of_nothing_is_the_one_of_the_rfcs_minimal_signature() {
        // RFC 9421 §B.2.1.
        let input =
            r#"();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#;
        assert_eq!(
            base(&test_request(), "https://example.com", input),
            Ok(format!(r#""@signature-params": {input}"#))
        );
    }

    #[test]
    fn the_rfcs_own_rsa_signature_is_verified() {
        // RFC 9421 §4.3: what the proxy signs, with test-key-rsa of §B.1.1.
        let mut parts = test_request();
        parts
            .headers
            .push(("Forwarded", b"for=192.0.2.123;host=example.com;proto=https"));
        let input = r#"("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540"#;
        let base = base(&parts, "https://origin.host.internal.example", input).unwrap();
        let signature = BASE64.decode("S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==").unwrap();
        let key = PublicKey::parse(sample::RFC_9421_TEST_KEY_RSA).unwrap();
        assert_eq!(
            key.verify_pkcs1v15_sha256(base.as_bytes(), &signature),
            Ok(())
        );
        let other = base.replace("POST", "PUT");
        assert_eq!(
            key.verify_pkcs1v15_sha256(other.as_bytes(), &signature),
            Err(Refused::Forged)
        );
    }

    #[test]
    fn derived_components_come_from_our_origin_and_the_target() {
        let parts = |target| Parts {
            path_and_query: target,
            ..test_request()
        };
        let line = |target, origin: &str, name: &str| {
            let base = base(&parts(target), origin, &format!("(\"{name}\")")).unwrap();
            base.lines().next().unwrap().to_owned()
        };
        // The examples of RFC 9421 §2.2.
        let origin = "https://www.example.com";
        for (target, name, value) in [
            (
                "/path?param=value",
                "@target-uri",
                "https://www.example.com/path?param=value",
            ),
            ("/path?param=value", "@authority", "www.example.com"),
            ("/path?param=value", "@scheme", "https"),
            ("/path?param=value", "@request-target", "/path?param=value"),
            ("/path?param=value", "@path", "/path"),
            (
                "/path?param=value&foo=bar&baz=bat%2Dman",
                "@query",
                "?param=value&foo=bar&baz=bat%2Dman",
            ),
            ("/path?queryString", "@query", "?queryString"),
            ("/path?", "@query", "?"),
            ("/path", "@query", "?"),
            ("/a?b?c", "@query", "?b?c"),
        ] {
            assert_eq!(line(target, origin, name), format!("\"{name}\": {value}"));
        }
        let origin = "http://localhost:8080/";
        assert_eq!(
            line("/x", origin, "@target-uri"),
            r#""@target-uri": http://localhost:8080/x"#
        );
        assert_eq!(
            line("/x", origin, "@authority"),
            r#""@authority": localhost:8080"#
        );
    }

    #[test]
    fn what_we_cannot_compute_is_refused() {
        for input in [
            r#"("content-digest";bs)"#,
            r#"("content-digest";sf)"#,
            r#"("content-digest";key="sha-256")"#,
            r#"("@method";req)"#,
            r#"("content-digest";tr)"#,
            r#"("@query-param";name="a")"#,
            r#"("@query-param")"#,
            r#"("@status")"#,
            r#"("@signature-params")"#,
            r#"("@new")"#,
            r#"("@")"#,
            r#"("")"#,
            r#"("Date")"#,
            r#"("da\"te")"#,
            r#"("date: x")"#,
            r#"(date)"#,
            r#"(1)"#,
        ] {
            let refused = base(&test_request(), "https://example.com", input);
            assert_eq!(refused, Err(Refused::Component), "{input}");
        }
    }

    #[test]
    fn a_covered_field_must_be_there() {
        assert_eq!(
            base(&test_request(), "https://example.com", r#"("digest")"#),
            Err(Refused::Missing("digest".into()))
        );
    }
}
