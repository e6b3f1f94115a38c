use super::super::mercator::{self, project};
use super::view::distance;
use super::*;

const LYON: (f64, f64) = (45.76, 4.84);

fn port(id: &str, (latitude, longitude): (f64, f64)) -> Port<'_> {
    Port {
        id,
        name: id,
        label: format!("{id}, there"),
        at: project(latitude, longitude),
    }
}

fn points(ports: &[Port]) -> Vec<Point> {
    ports.iter().map(|port| port.at).collect()
}

/// The address of a view, as a page would write it.
fn href(view: View) -> String {
    let (latitude, longitude) = mercator::unproject(view.middle);
    format!("?at={latitude:.2},{longitude:.2}&zoom={}", view.zoom)
}

fn counted(n: usize) -> String {
    format!("{n} hosters")
}

#[test]
fn few_hosters_are_all_in_the_first_view_and_it_is_close() {
    let ports = [
        port("lyon", LYON),
        port("nantes", (47.2, -1.55)),
        port("lille", (50.6, 3.06)),
    ];
    let view = View::of(&points(&ports)).unwrap();
    let map = draw(&ports, view, None, href, counted);
    assert_eq!((map.alone.len(), map.outside), (3, 0));
    let closer = view.closer(1).unwrap();
    assert!(draw(&ports, closer, None, href, counted).outside > 0);
}

#[test]
fn one_hoster_far_away_does_not_make_the_others_small() {
    let near: Vec<String> = (0..30).map(|n| format!("h{n}")).collect();
    let mut ports: Vec<Port> = (near.iter().enumerate())
        .map(|(n, id)| port(id, (43.0 + n as f64 / 5.0, n as f64 / 5.0)))
        .collect();
    let without = View::of(&points(&ports)).unwrap().zoom;
    ports.push(port("montreal", (45.5, -73.57)));
    ports.push(port("reunion", (-21.1, 55.5)));
    let view = View::of(&points(&ports)).unwrap();
    assert!(view.zoom + 1 >= without && without > 2);
    assert_eq!(draw(&ports, view, None, href, counted).outside, 2);
}

#[test]
fn hosters_that_would_overlap_are_a_number_that_leads_nearer() {
    let ports = [
        port("a", LYON),
        port("b", (45.77, 4.86)),
        port("brest", (48.39, -4.49)),
    ];
    let view = View::of(&points(&ports)).unwrap();
    let map = draw(&ports, view, None, href, counted);
    assert_eq!(map.alone, [2]);
    assert!(map.marks.contains("aria-label=\"2 hosters\"") && map.marks.contains(">2</text>"));
    let nearer = View {
        middle: ports[0].at,
        zoom: view.zoom + 2,
    };
    assert!(
        map.marks.contains(&Escaped(&href(nearer)).to_string()),
        "{}",
        map.marks
    );
}

#[test]
fn at_the_closest_look_hosters_of_one_town_lie_beside_each_other() {
    let ids: Vec<String> = (0..12).map(|n| format!("h{n}")).collect();
    let mut ports: Vec<Port> = ids.iter().map(|id| port(id, LYON)).collect();
    spread(&mut ports);
    let view = View {
        middle: ports[0].at,
        zoom: CLOSEST,
    };
    let map = draw(&ports, view, None, href, counted);
    assert_eq!((map.alone.len(), map.outside), (12, 0));
    for (n, one) in ports.iter().enumerate() {
        for other in &ports[..n] {
            assert!(distance(one.at, other.at) * view.scale() >= f64::from(2 * RADIUS));
        }
    }
}

#[test]
fn around_a_place_the_place_is_in_the_middle_and_the_nearest_are_seen() {
    let mut ports: Vec<Port> = vec![port("near", (45.2, 5.7))];
    ports.extend((0..20).map(|n| port("far", (60.0 + f64::from(n), 100.0))));
    let here = project(LYON.0, LYON.1);
    let view = View::around(here, &points(&ports[..1]));
    assert_eq!(view.middle, here);
    let map = draw(&ports, view, Some(here), href, counted);
    assert!(map.alone.contains(&0) && map.marks.contains("class=\"buoy\""));
    assert_eq!(map.outside, 20);
}

#[test]
fn no_step_leads_off_the_map() {
    let corner = View {
        middle: Point { x: 0.0, y: 0.0 },
        zoom: 0,
    };
    assert_eq!(corner.closer(-1), None);
    assert_eq!(
        View {
            zoom: CLOSEST,
            ..corner
        }
        .closer(1),
        None
    );
    assert_eq!(corner.moved(-1.0, -1.0), corner);
    assert!(View::of(&[]).is_none());
}

#[test]
fn names_are_escaped_and_nothing_is_styled_or_scripted_in_place() {
    let mut evil = port("a", LYON);
    evil.name = r#"<script>"&'"#;
    evil.label = evil.name.to_owned();
    let view = View::of(&[evil.at]).unwrap();
    let marks = draw(&[evil], view, None, href, counted).marks;
    assert!(!marks.contains("<script") && !marks.contains("style="));
    assert!(marks.contains("aria-label=\"&lt;script&gt;"));
}
