//! The announced end of a service as a form, and back.

use crate::domain::localized::Language;
use crate::domain::service::Closing;
use crate::web::locale::Locale;

use super::form::{Form, texts_of};

const REASON: [(Language, &str); 2] = [
    (Language::French, "reason_fr"),
    (Language::English, "reason_en"),
];

/// An announced end as values of the form.
pub(super) fn values(closing: &Closing) -> Vec<(String, String)> {
    let dates = [
        ("on", Some(closing.on)),
        ("announced", closing.announced),
        ("new_accounts_until", closing.new_accounts_until),
        ("export_until", closing.export_until),
    ];
    let dates = dates
        .into_iter()
        .filter_map(|(field, date)| Some((field.to_owned(), date?.to_string())));
    let successor = closing.successor.as_ref();
    dates
        .chain(successor.map(|link| ("successor".to_owned(), link.to_string())))
        .chain(texts_of(REASON, closing.note.as_ref()))
        .collect()
}

/// The end that a form describes; `None` where the form now says what is wrong. What the form does not
/// hold stays as it was `before`.
pub(super) fn read(form: &mut Form, before: Option<&Closing>, l: &Locale) -> Option<Closing> {
    let on = form.required("on", |form| form.date("on"));
    let announced = form.date("announced");
    let new_accounts_until = form.date("new_accounts_until");
    let export_until = form.date("export_until");
    let successor = form.link("successor");
    let note = form.localized(REASON, before.and_then(|before| before.note.as_ref()));
    // Data may be handed out for a while after the end; nobody gets in after it.
    for (field, date) in [
        ("announced", announced),
        ("new_accounts_until", new_accounts_until),
    ] {
        if let (Some(on), Some(date)) = (on, date)
            && on.is_over_by(date.first_day())
        {
            form.refuse(field, l.t("manage.error.after").to_owned());
        }
    }
    if !form.wrong().is_empty() {
        return None;
    }
    Some(Closing {
        on: on?,
        note,
        source: before.and_then(|before| before.source.clone()),
        announced,
        new_accounts_until,
        export_until,
        successor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn full() -> Closing {
        serde_json::from_value(json!({
            "on": "2027-06", "note": { "fr": "Fin", "de": "Ende" }, "source": "https://a.example/fin",
            "announced": "2026", "new_accounts_until": "2027-01-31", "export_until": "2027-09",
            "successor": "https://b.example/",
        }))
        .unwrap()
    }

    fn read_with(given: Vec<(String, String)>) -> (Option<Closing>, Form) {
        let l = Locale::of(Language::French);
        let mut form = Form::new(given, l);
        let closing = read(&mut form, Some(&full()), l);
        (closing, form)
    }

    #[test]
    fn an_end_that_is_shown_and_sent_back_is_the_same_to_the_last_partial_date() {
        let (read, _) = read_with(values(&full()));
        assert_eq!(read.unwrap(), full());
    }

    #[test]
    fn nobody_gets_in_after_the_end_but_data_may_still_get_out() {
        let given = |field: &str, value: &str| {
            let given = [("on", "2027-06"), (field, value)];
            let given = given.map(|(field, value)| (field.to_owned(), value.to_owned()));
            read_with(given.to_vec())
        };
        assert!(given("export_until", "2028").0.is_some());
        assert!(given("new_accounts_until", "2027-06-30").0.is_some());
        let (read, form) = given("new_accounts_until", "2027-07-01");
        assert_eq!(read, None);
        assert!(form.error("new_accounts_until").is_some());
        assert!(given("announced", "2028").1.error("announced").is_some());
    }

    #[test]
    fn an_end_without_a_last_day_is_none() {
        let (read, form) = read_with(vec![("successor".to_owned(), "b.example".to_owned())]);
        assert_eq!(read, None);
        assert!(form.error("on").is_some());
    }
}
